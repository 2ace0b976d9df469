// Host names in files and command lines: a row is a text and the hosts in it, with `?` behind those that are not sure.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { targetsInCommand } from './host-commands.ts';
import { targetsInFile } from './host-files.ts';
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
  ];
  for (const [name, text, want] of rows) {
    it(`${name}: ${JSON.stringify(text)}`, () => {
      assert.equal(targetsInFile(name, text).map(shown).join(' '), want);
    });
  }
  it('a host stands at its line and column', () => {
    const [target] = targetsInFile('a.properties', 'x=1\n  db.host = pg');
    assert.deepEqual([target?.line, target?.column], [2, 13]);
  });
});

describe('hosts in texts that mean nothing', () => {
  for (const part of ['@tcp(', 'jdbc:oracle:thin:', 'a.', 'http://a@', 'host=', '{"a":']) {
    it(`${part} a hundred thousand times is read in seconds`, () => {
      const start = performance.now();
      targetsInFile('x', part.repeat(100_000));
      assert.ok(performance.now() - start < 20_000);
    });
  }
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
  ];
  for (const [words, want] of rows) {
    it(words.join(' '), () => {
      assert.equal(targetsInCommand(words).map(shown).join(' '), want);
    });
  }
});
