// Ends of names that are of the world, not of a cluster: those of countries (ISO 3166-1 and the four that the DNS has
// beside it), the others that people use (of IANA's root zone, without those that are likelier a namespace: shop,
// monitoring ...), and what networks at home and at work are called.

const countries = `
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq
br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm
do dz ec ee eg eh er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs
gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn
kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq
mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm
pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv
sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk um us uy uz va vc ve vg vi
vn vu wf ws ye yt za zm zw
`;

const others = `
aero app arpa asia biz blog bot cat cloud club codes com company coop design dev digital edu
email example finance gov group host info int invalid jobs live localhost ltd mil mobi museum
name net network news one onion online org page pro run site social software solutions space
store studio systems tech tel today tools top travel website wiki work world xyz zone
corp home intranet lan localdomain
`;

export const topLevels: ReadonlySet<string> = new Set(`${countries}${others}`.trim().split(/\s+/));
