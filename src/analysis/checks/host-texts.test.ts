// Host names in files and command lines: a row is a text and the hosts in it, with `?` behind those that are not sure.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { targetsInCommand } from './host-commands.ts';
import { targetsInFile } from './host-files.ts';
import { masked } from './host-secrets.ts';
import type { Target } from './host-values.ts';

const shown = ({ host, port, sure }: Target) => `${host}:${port ?? '-'}${sure ? '' : '?'}`;

describe('hosts in files', () => {
  const rows: readonly (readonly [name: string, text: string, want: string])[] = [
    ['app.properties', 'db.host=pg\ndb.port=5432', 'pg:5432'],
    ['app.properties', 'bootstrap.servers=a:9092,b:9092', 'a:9092 b:9092'],
    ['app.properties', '# db.host=pg\n! x\n', ''],
    ['app.yaml', 'db:\n  host: pg\n  port: 5432\n', 'pg:5432'],
    ['app.yaml', 'db:\n  host: pg # the primary\n  name: x\n', 'pg:-?'],
    ['app.yaml', 'kafka:\n  bootstrap-servers:\n    - a:9092\n    - "b:9092"\n', 'a:9092 b:9092'],
    ['app.yaml', 'driver: org.postgresql.Driver\nfile: app.conf\nv: 1.2.3', ''],
    ['app.yaml', 'image: nginx:1234\nimages: { repository: redis:6379 }', ''],
    ['app.yaml', 'server:\n  port: 8080\n  address: 0.0.0.0', ''],
    ['prometheus.yml', '- targets: [\'a:9090\', "b.demo:80"]', 'a:9090 b.demo:80'],
    ['prometheus.yml', '- targets:\n    - a:9090\n    - localhost:9090\n', 'a:9090'],
    ['app.json', '{\n  "db": {\n    "host": "pg",\n    "port": 5432\n  }\n}', 'pg:5432'],
    ['app.json', '{ "$schema": "https://json.schemastore.org/x" }', ''],
    ['app.json', '{ "db": { "host": "pg", "port": 5432 } }', 'pg:5432'],
    ['envoy.yaml', 'socket_address: { address: web, port_value: 8080 }', 'web:8080'],
    ['envoy.yaml', 'socket_address: { address: 0.0.0.0, port_value: 8080 }', ''],
    ['entry.sh', 'echo "server.$i=$NAME-$((i-1)).$DOMAIN:2888:3888"\nlog_format x "$host"', ''],
    ['log4j2.xml', '<Configuration xmlns="http://logging.apache.org/log4j/2.0/config">', ''],
    ['app.toml', '[db]\nhost = "pg"\nport = 5432', 'pg:5432'],
    ['nginx.conf', 'location / { proxy_pass http://web:8080; }', 'web:8080'],
    ['nginx.conf', 'upstream b {\n  server web:80 weight=3;\n}\nproxy_pass http://b;', 'web:80'],
    ['nginx.conf', 'fastcgi_pass php:9000;\nserver_name shop.example.com;', 'php:9000'],
    ['nginx.conf', 'return 301 https://$host$uri;', ''],
    ['haproxy.cfg', 'server s1 web:80 check\nserver s2 10.0.0.1:80', 'web:80'],
    ['redis.conf', 'replicaof redis-0.redis 6379\nbind 0.0.0.0', 'redis-0.redis:6379'],
    ['sentinel.conf', 'sentinel monitor mymaster redis-0.redis 6379 2', 'redis-0.redis:6379'],
    ['fluent-bit.conf', '[OUTPUT]\n    Name es\n    Host elastic\n    Port 9200', 'elastic:9200'],
    ['index.html', '<a href="http://web:80">', ''],
    ['nginx.conf', 'location / { fastcgi_pass php:9000; }', 'php:9000'],
    ['nginx.conf', 'upstream b { server a:80; server c:81 backup; }', 'a:80 c:81'],
    ['nginx.conf', 'server { listen 5432; proxy_pass pg:5432; }', 'pg:5432'],
    ['nginx.conf', 'proxy_pass $upstream; proxy_pass unix:/x;', ''],
    ['app.json', '{"server":{"port":8080},"db":{"host":"pg","port":5432}}', 'pg:5432'],
    ['app.json', '{"all":[{"host":"a","port":1},{"host":"b","port":2}]}', 'a:1 b:2'],
    ['app.json', '{"port":1,"db":{"host":"pg"}}', 'pg:-?'],
    ['settings.py', 'host = config.host\nport = 1\nserver = "pg:5432"', 'pg:5432'],
    ['prometheus.yml', 's: [{ targets: ["a:1", b.c:2], labels: { x: y:3 } }]', 'a:1 b.c:2'],
    ['default.vcl', 'backend a { .host = "v"; .port = "80"; }', 'v:80'],
    ['default.vcl', 'backend a {\n  .host = "v";\n  .port = "81";\n}', 'v:81'],
    ['app.env', 'JAVA_OPTS="-Xmx1g -Ddb.host=pg -Ddb.port=1 -Dx.y=z"', 'pg:1'],
    ['app.properties', 'db.host=pg\r\ndb.port=5432\r\n', 'pg:5432'],
  ];
  for (const [name, text, want] of rows) {
    it(`${name}: ${JSON.stringify(text)}`, () => {
      assert.equal(targetsInFile(name, text).map(shown).join(' '), want);
    });
  }
  it('the parents of a YAML key are named once, however deep it stands', () => {
    const deep = Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}k:\n`).join('');
    const text = `${deep}${' '.repeat(60)}host: pg:5432`;
    assert.equal(targetsInFile('app.yaml', text).map(shown).join(' '), 'pg:5432');
  });
  it('a host stands at its line and column', () => {
    const [target] = targetsInFile('a.properties', 'x=1\n  db.host = pg');
    assert.deepEqual([target?.line, target?.column], [2, 13]);
  });
});

describe('hosts in texts that mean nothing', () => {
  const long = 100_000;
  const texts: Readonly<Record<string, string>> = {
    '@tcp(': '@tcp('.repeat(long),
    'jdbc:oracle:thin:': 'jdbc:oracle:thin:'.repeat(long),
    'a.': 'a.'.repeat(long),
    'http://a@': 'http://a@'.repeat(long),
    'host=': 'host='.repeat(long),
    '{"a":': '{"a":'.repeat(long),
    'blanks within a value': `key: a${' '.repeat(long)}b`,
    'blanks behind a port': `host: a\nport${' '.repeat(long)}b`,
    'a word within braces': `{${'a'.repeat(long)}}`,
    'empty lines': '\n'.repeat(long),
    'blanks at the end of a line': `host:${' '.repeat(long)}\n`,
    ';server a': ';server a'.repeat(long),
    '{.host="a"': '{.host="a"'.repeat(long),
    '{a:[': '{a:['.repeat(long),
    ' -Da=': `x=${' -Da='.repeat(long)}`,
    '-Da=': `x=${'-Da='.repeat(long)}`,
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`${name}, a hundred thousand times, is read in seconds`, () => {
      const start = performance.now();
      targetsInFile('x', text);
      assert.ok(performance.now() - start < 20_000);
    });
  }
  it('so is the line that is shown', () => {
    const start = performance.now();
    for (const part of ['a:', '//', '"a:', '://a:b@', 'name: a', 'password']) {
      masked(part.repeat(long));
    }
    assert.ok(performance.now() - start < 20_000);
  });
});

describe('hosts in command lines', () => {
  const rows: readonly (readonly [words: readonly string[], want: string])[] = [
    [['--db-host=pg', '--db-port=5432'], 'pg:5432'],
    [['--db-host', 'pg', '--verbose'], 'pg:-'],
    [['--listen-addr=web:80'], ''],
    [['--metrics-addr=:8080'], ''],
    [['redis:6379'], 'redis:6379?'],
    [['curl', '-s', 'http://web:80/x'], 'web:80'],
    [['curl', 'web:8080/x'], 'web:8080'],
    [['nc', '-z', 'pg', '5432'], 'pg:5432'],
    [['sh', '-c', 'until nslookup my-db; do sleep 2; done'], 'my-db:-'],
    [['sh', '-c', 'until nslookup my-db.$(cat /ns).svc.cluster.local; do sleep 2; done'], ''],
    [['sh', '-c', 'while ! pg_isready -h pg -p 5433; do sleep 1; done'], 'pg:5433'],
    [['sh', '-c', 'mysql -h "db-0.mysql" -P 3307 -e "select 1"'], 'db-0.mysql:3307'],
    [['sh', '-c', 'PGPASSWORD=x psql -h pg'], 'pg:-'],
    [['sh', '-c', 'curl -o out.txt http://a && wget -qO- http://b:81'], 'a:80 b:81'],
    [['sh', '-c', 'echo curl'], ''],
    [['wait-for-it.sh', 'pg:5432', '--', 'run'], 'pg:5432'],
    [['sh', '-c', '# curl http://a\nsleep 1'], ''],
    [['nc', '-zvw', '3', 'pg', '5432'], 'pg:5432'],
    [['constructor', 'db'], ''],
    [['nc', '-lk', '-p', '8080', '-e', 'cat'], ''],
    [['wget', '-q', 'web:8080'], 'web:8080'],
    [['curl', '-sSo', 'out', 'web:8080'], 'web:8080'],
    [['sh', '-c', 'until (echo > /dev/tcp/pg/5432) 2>/dev/null; do sleep 1; done'], 'pg:5432'],
    [['sh', '-c', 'exec java -jar app.jar --server=web:80'], 'web:80'],
    [['sh', '-c', 'kafka-topics.sh --bootstrap-server kafka:9092 --list'], 'kafka:9092'],
  ];
  for (const [words, want] of rows) {
    it(words.join(' '), () => {
      assert.equal(targetsInCommand(words).map(shown).join(' '), want);
    });
  }
  it('a host stands behind the command and comments that hold it too', () => {
    const script = '# redis\nuntil redis-cli -h redis ping; do sleep 1; done';
    assert.equal(targetsInCommand(['sh', '-c', script])[0]?.index, script.indexOf('redis ping'));
  });
});

describe('lines as they are shown', () => {
  const rows: readonly (readonly [line: string, want: string])[] = [
    ['url: postgres://me:secret@pg/x', 'url: postgres://me:******@pg/x'],
    ['url: postgres://me:p@ss/w@pg/x', 'url: postgres://me:******@pg/x'],
    ['redis://:pw@redis:6379', 'redis://:**@redis:6379'],
    ['dsn: "me:secret@tcp(db:3306)/x"', 'dsn: "me:******@tcp(db:3306)/x"'],
    ['host=db password=secret user=u', 'host=db password=****** user=u'],
    ['"Server=db;Password=Secr3t!;X=1"', '"Server=db;Password=*******;X=1"'],
    ['PGPASSWORD=secret psql -h pg', 'PGPASSWORD=****** psql -h pg'],
    ['mysql --password secret -h db', 'mysql --password ****** -h db'],
    ['-H "Authorization: Bearer abcdef" http://a', '-H "Authorization: Bearer ******" http://a'],
    ['[{ name: DB_PASSWORD, value: secret }]', '[{ name: DB_PASSWORD, value: ****** }]'],
    ['{"host":"db","password":"secret"}', '{"host":"db","password":"******"}'],
    ['postgres://$(U):$(P)@pg/x', 'postgres://$(U):$(P)@pg/x'],
    ['http://web:8080/a@b', 'http://web:8080/a@b'],
    ['image: reg:5000/x@sha256:abc', 'image: reg:5000/x@sha256:abc'],
    ['secretName: db, host: pg', 'secretName: db, host: pg'],
  ];
  for (const [line, want] of rows) it(line, () => assert.equal(masked(line), want));
});
