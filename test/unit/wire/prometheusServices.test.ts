import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPrometheusServices } from '../../../src/wire/prometheusServices.ts';

const service = (ports: unknown, labels: unknown = {}, more = {}) => ({
  metadata: { namespace: 'm', name: 'p', labels },
  spec: { ports, ...more },
});
const read = (...items: readonly unknown[]) => readPrometheusServices({ items });
const port = (...ports: readonly unknown[]) => read(service(ports))[0]?.port;

describe('prometheus services', () => {
  it('are asked on 9090, else on the port of their web interface, else on their first', () => {
    assert.equal(port({ name: 'reloader-web', port: 8080 }, { name: 'http-web', port: 9090 }), 9090);
    assert.equal(port({ name: 'metrics', port: 8080 }, { name: 'web', port: 9091 }), 9091);
    assert.equal(port({ name: 'http', port: 80 }), 80);
    assert.equal(port({ port: 1234 }, { port: 5678 }), 1234);
    assert.deepEqual(
      [port(), port({ port: 0 }), port({ port: '9090' }), port({ port: 9090, protocol: 'UDP' })],
      Array(4).fill(undefined),
    );
  });

  it('are asked over TLS where their port says so', () => {
    assert.equal(read(service([{ name: 'web', port: 9091, appProtocol: 'https' }]))[0]?.https, true);
    assert.equal(read(service([{ name: 'https-web', port: 9091 }]))[0]?.https, true);
    assert.equal(read(service([{ name: 'web', port: 9091 }]))[0]?.https, false);
  });

  it('are not the other parts of an installation', () => {
    const labelled = (labels: unknown) => read(service([{ port: 9090 }], labels)).length;
    assert.equal(labelled({ 'app.kubernetes.io/component': 'prometheus' }), 1);
    assert.equal(labelled({ component: 'server' }), 1);
    assert.equal(labelled({ component: 'alertmanager' }), 0);
    assert.equal(read(service([{ port: 9090 }], {}, { type: 'ExternalName' })).length, 0);
  });

  it('come by namespace and name', () => {
    const named = (namespace: string, name: string) => ({
      metadata: { namespace, name },
      spec: { ports: [{ port: 1 }] },
    });
    assert.deepEqual(
      read(named('b', 'a'), named('a', 'b'), named('a', 'a')).map(({ namespace, name }) => namespace + name),
      ['aa', 'ab', 'ba'],
    );
  });

  it('never throw on anything', () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true });
    const item = fc.record({
      metadata: fc.oneof(
        anything,
        fc.record({ namespace: fc.string({ minLength: 1 }), name: fc.string({ minLength: 1 }), labels: anything }),
      ),
      spec: fc.oneof(
        anything,
        fc.record({
          ports: fc.oneof(
            anything,
            fc.array(fc.oneof(anything, fc.record({ port: fc.oneof(fc.integer(), fc.nat(65_535)), name: anything }))),
          ),
        }),
      ),
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(anything, fc.record({ items: fc.oneof(anything, fc.array(item)) })), (any) => {
        for (const { port } of readPrometheusServices(any)) {
          read++;
          assert.ok(port > 0 && port < 65_536);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(read > 0);
  });
});
