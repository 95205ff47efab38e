import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gaugeTooltip } from '../../../src/presentation/gaugeTooltip.ts';
import { claimOf, heardMs, noReading, readingOf, targetOf, type ViewSeed, viewOf } from '../../support/views.ts';

const error = { reason: 'unreachable', message: 'connection refused' } as const;
const unfinished = {
  reason: 'unfinished',
  message: 'https://x has not sent the whole list yet: 12 s so far.',
} as const;
const brief = { ...error, message: 'https://10.0.0.1:6443 cannot be reached: it hung up.', brief: 'it hung up' };

/** The tooltip's paragraphs as a person reads them: escapes decoded. */
function paragraphs(seed: ViewSeed, nowMs = heardMs): readonly string[] {
  return read(gaugeTooltip(viewOf(seed), nowMs)).split('\n\n');
}

function read(markdown: string): string {
  return markdown.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

describe('gauge tooltip', () => {
  it('says what is counted, how much, and where', () => {
    const seed: ViewSeed = {
      claims: ['checkout/a 70Gi', 'checkout/b 40Gi', 'blog/a 18Gi', 'media/a 20Gi', 'tiny/a 2Gi'],
      access: { empty: 'ok' },
    };
    assert.deepEqual(paragraphs(seed), [
      'Storage **claimed** (requested, not used) in *kind-dev* (kind-dev, kind-cluster)',
      'At 75.0% claim capacity (150Gi/200Gi)',
      '5 claims in 4 namespaces, 150Gi',
      '- checkout: 110Gi\n- media: 20Gi\n- blog: 18Gi',
      'live',
      '~/.kube/config',
      '[Show Claims](command:pvcwatch.showClaims) · [Set Budget](command:pvcwatch.setBudget) · [Switch Context](command:pvcwatch.switchContext) · [Refresh](command:pvcwatch.refresh)',
    ]);
  });

  it('names the fullest three claims with the age of their figures', () => {
    const readings = {
      'shop/a': readingOf(71, { atMs: heardMs - 40_000 }),
      'shop/b_*x*': readingOf(97, { quality: 'lastSeen', atMs: heardMs - 840_000 }),
      'shop/c': readingOf(70),
      'blog/d': readingOf(85, { quality: 'sharedFilesystem', subject: 'filesystem' }),
      'blog/e': readingOf(99, { quality: 'notMounted' }),
      'blog/f': noReading('notReported', 'Nobody said.'),
    };
    const seed: ViewSeed = { claims: Object.keys(readings).map((path) => claimOf(`${path} 1Gi`)), readings };
    const fullest = paragraphs(seed).filter((each) => each.startsWith('Fullest'));
    assert.deepEqual(fullest, [
      'Fullest:\n- shop/b_*x*: last seen 97% used, 14 min ago\n- blog/d: filesystem 85% used, just now\n- shop/a: 71% used, 40 s ago',
    ]);
    assert.doesNotMatch(gaugeTooltip(viewOf(seed), heardMs), /\*x\*/);
    const unknown = { 'blog/f': readings['blog/f'] };
    assert.doesNotMatch(gaugeTooltip(viewOf({ ...seed, readings: unknown }), heardMs), /Fullest/);
  });

  it('names the label before the context and the cluster', () => {
    const [first] = paragraphs({
      target: targetOf({ contextName: 'arn:aws:eks:eu:1:cluster/prod-eu', clusterName: 'prod' }),
    });
    assert.equal(
      first,
      'Storage **claimed** (requested, not used) in *prod-eu* (arn:aws:eks:eu:1:cluster/prod-eu, prod)',
    );
    const [labelled] = paragraphs({ view: { contextLabel: 'PROD' } });
    assert.equal(labelled, 'Storage **claimed** (requested, not used) in *PROD* (kind-dev, kind-cluster)');
  });

  it('says that the demo cluster is simulated', () => {
    assert.match(paragraphs({ target: targetOf({ demo: true }) })[0] ?? '', /\*\*demo cluster\*\*, simulated/);
  });

  it('says exactly what the human size cuts', () => {
    assert.equal(
      paragraphs({ claims: ['a/a 20000000000'] })[2],
      '1 claim in 1 namespace, 18.6Gi (20,000,000,000 bytes)',
    );
  });

  it('says exactly what the human sizes of namespaces and budgets cut', () => {
    const budgets = { total: '30G', 'namespace:a': '25G', 'namespace:b': '1Ti' };
    const parts = paragraphs({ claims: ['a/a 20000000000', 'b/a 1Gi'], budgets });
    assert.deepEqual(parts.slice(1, 6), [
      'At 70.2% claim capacity (19.6Gi/27.9Gi)',
      'Budget: 27.9Gi (30,000,000,000 bytes)',
      '2 claims in 2 namespaces, 19.6Gi (21,073,741,824 bytes)',
      '- a: 18.6Gi (20,000,000,000 bytes)\n- b: 1Gi',
      '- namespace a: At 80.0% claim capacity (18.6Gi/23.2Gi), exactly 20,000,000,000 of 25,000,000,000 bytes\n- namespace b: At 0.0% claim capacity (1Gi/1Ti)',
    ]);
  });

  it('cuts percent, and keeps one decimal', () => {
    assert.equal(
      paragraphs({ claims: ['a/a 9996'], budgets: { total: '10k' } })[1],
      'At 99.9% claim capacity (9.76Ki/9.76Ki)',
    );
  });

  it('orders namespaces of equal size by name', () => {
    const claims = ['data-10/a 1Gi', 'data-2/a 1Gi', 'data-1/a 1Gi', 'big/a 2Gi'];
    assert.equal(paragraphs({ claims })[3], '- big: 2Gi\n- data-1: 1Gi\n- data-2: 1Gi');
  });

  it('has a line for each further budget', () => {
    const budgets = { total: '200Gi', 'namespace:checkout': '50Gi', 'class:gp3': '1Ti' };
    assert.equal(
      paragraphs({ claims: ['checkout/a 60Gi gp3'], budgets })[4],
      '- **over budget** namespace checkout: At 120.0% claim capacity (60Gi/50Gi)\n- class gp3: At 5.8% claim capacity (60Gi/1Ti)',
    );
  });

  it('has no budget line without a budget', () => {
    assert.equal(paragraphs({ claims: ['a/a 1Gi'], budgets: {} })[1], '1 claim in 1 namespace, 1Gi');
  });

  it('keeps the line of a default budget exceeded from the start, and offers to set one', () => {
    const alerts = { open: [], recent: [], snoozes: [], defaultSuspended: true };
    const parts = paragraphs({ claims: ['a/a 400Gi'], explicit: false, view: { alerts } });
    assert.equal(parts[1], 'At 200.0% claim capacity (400Gi/200Gi)');
    assert.match(parts[2] ?? '', /\[Set a budget\]\(command:pvcwatch\.setBudget\)$/);
  });

  it('says which part of the scope is readable', () => {
    const access = { a: 'ok', dark: 'forbidden', 'dark-2': 'forbidden', other: 'unknown' } as const;
    assert.ok(
      paragraphs({ claims: ['shop/a 1Gi'], access }).includes(
        'Only part of the scope is readable: 2 of 5 namespaces readable',
      ),
    );
  });

  it('says that there may be other namespaces where those that are known are all readable', () => {
    assert.ok(
      paragraphs({ claims: ['shop/a 1Gi'], snapshot: { partial: true } }).includes(
        'Only part of the scope is readable: 1 of 1 namespace readable, there may be others that cannot be seen',
      ),
    );
  });

  it('says of which budgets part cannot be read', () => {
    const access = { dark: 'forbidden' } as const;
    const claims = ['shop/a 60Gi gp3', 'odd/a 1Gi gp3', 'odd/b ?'];
    const budgets = {
      total: '100Gi',
      'namespace:dark': '2Ti',
      'namespace:nowhere': '2Ti',
      'namespace:shop': '120Gi',
      'namespace:odd': '10Gi',
      'class:gp3': '122Gi',
    };
    const parts = paragraphs({ claims, access, budgets });
    assert.equal(parts[1], 'At 61.0%+ claim capacity (61Gi+/100Gi)');
    assert.deepEqual(parts[4]?.split('\n'), [
      '- namespace dark: At 0.0%+ claim capacity (0+/2Ti), its claims cannot be read',
      '- namespace nowhere: At 0.0%+ claim capacity (0+/2Ti), its claims cannot be read',
      '- namespace shop: At 50.0% claim capacity (60Gi/120Gi)',
      '- namespace odd: At 10.0% claim capacity (1Gi/10Gi)',
      '- class gp3: At 50.0%+ claim capacity (61Gi+/122Gi)',
    ]);
  });

  it('names what is not counted, and why', () => {
    const text = paragraphs({ claims: ['shop/a ?', 'shop/b 1Gi'] }).join('\n');
    assert.match(
      text,
      /Not counted: 1 claim of unknown size\n- shop\/a: spec\.resources\.requests\.storage 'abc' is not a Kubernetes quantity/,
    );
    assert.doesNotMatch(text, /- shop\/b/);
  });

  it('names five of the uncounted, and counts all', () => {
    const claims = Array.from({ length: 7 }, (_, index) => `shop/odd-${index} ?`);
    const part = paragraphs({ claims }).find((text) => text.startsWith('Not counted'));
    assert.match(part ?? '', /^Not counted: 7 claims of unknown size\n/);
    assert.equal(part?.split('\n').length, 1 + 5 + 1);
    assert.match(part ?? '', /\n- and 2 more$/);
  });

  it('leaves no hole where there are no namespaces to name', () => {
    assert.deepEqual(paragraphs({}).slice(1, 4), [
      'At 0.0% claim capacity (0/200Gi)',
      '0 claims in 0 namespaces, 0',
      'live',
    ]);
  });

  it('says which selector is refused', () => {
    const selectorError = { reason: 'invalid', message: 'field label not supported: status.phase' } as const;
    assert.ok(
      paragraphs({ snapshot: { selectorError } }).includes(
        'A selector is refused: field label not supported: status.phase',
      ),
    );
  });

  const freshness: [snapshot: NonNullable<ViewSeed['snapshot']>, nowMs: number, text: string][] = [
    [{}, heardMs + 1e6, 'live'],
    [
      { connection: { state: 'failing', error: unfinished }, synced: false },
      heardMs + 1,
      'last heard just now: https://x has not sent the whole list yet: 12 s so far.',
    ],
    [
      { connection: { state: 'stale', sinceMs: heardMs, error } },
      heardMs + 2 * 60_000,
      'last heard 2 min ago: connection refused',
    ],
    [
      { connection: { state: 'stale', sinceMs: heardMs, error } },
      heardMs + 1,
      'last heard just now: connection refused',
    ],
    [
      { connection: { state: 'stale', sinceMs: heardMs, error: brief } },
      heardMs + 59_000,
      'last heard 50 s ago: it hung up',
    ],
    [
      { connection: { state: 'failing', error: brief }, heardMs: undefined, synced: false },
      heardMs,
      'never heard: https://10.0.0.1:6443 cannot be reached: it hung up.',
    ],
    [
      { connection: { state: 'failing', error }, heardMs: undefined, synced: false },
      heardMs,
      'never heard: connection refused',
    ],
    [{ connection: { state: 'connecting', sinceMs: 0 }, heardMs: undefined, synced: false }, heardMs, 'never heard'],
  ];
  for (const [snapshot, nowMs, text] of freshness)
    it(`says how fresh it is: ${text}`, () => assert.ok(paragraphs({ snapshot }, nowMs).includes(text)));

  it('says where it runs', () => {
    assert.ok(paragraphs({ view: { remote: 'WSL: Ubuntu' } }).includes('~/.kube/config on WSL: Ubuntu'));
  });

  it('shows no sums before the first full list', () => {
    const text = paragraphs({ claims: ['a/a 1Gi'], snapshot: { synced: false } }).join('\n');
    assert.doesNotMatch(text, /claim capacity|1 claim/);
  });

  it('says why there is no cluster, and offers the demo', () => {
    const connection = { state: 'none', reason: 'noKubeconfig', message: 'There is no file ~/.kube/config.' } as const;
    assert.deepEqual(paragraphs({ target: undefined, snapshot: { connection, synced: false, heardMs: undefined } }), [
      'There is no file ~/.kube/config.',
      '[Open Demo Cluster](command:pvcwatch.openDemoCluster) · [Show Log](command:pvcwatch.showLog)',
    ]);
  });

  it('runs our own commands only, whatever the cluster calls itself', () => {
    const name = fc.constantFrom(
      '[x](command:workbench.action.quit)',
      '<a href="command:x">',
      '![i](https://e.example/i.png)',
      '**bold**\n\n# title',
      '`code` $(trash) ~~x~~ | https://e.example',
      'n'.repeat(300),
    );
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        const failure = { reason: 'unreachable', message: c } as const;
        const markdown = gaugeTooltip(
          viewOf({
            claims: [claimOf('x/y 1Gi', { namespace: a }), claimOf('x/z ?', { namespace: a, name: b, problem: c })],
            budgets: { total: '1Gi' },
            target: targetOf({ contextName: a, clusterName: b, source: c }),
            access: { [b]: 'forbidden' },
            snapshot: { connection: { state: 'stale', sinceMs: 0, error: failure }, selectorError: failure },
            view: { remote: c, contextLabel: b },
          }),
          heardMs,
        );
        const ours = markdown.replace(/\[[A-Z][A-Za-z ]+\]\(command:pvcwatch\.[A-Za-z]+\)/g, '').replace(/&#\d+;/g, '');
        assert.doesNotMatch(ours, /[[\]`<>$!|~#]|command:|https:/);
        assert.doesNotMatch(ours, /n{254}/);
      }),
    );
  });
});
