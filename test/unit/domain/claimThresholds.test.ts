import assert from 'node:assert/strict';
import { boundRatio, mixinThresholds, thresholdsOf } from '../../../src/domain/claimThresholds.ts';
import type { AlertWishes } from '../../../src/domain/records.ts';
import { claimOf } from '../../support/views.ts';

const gi = 2 ** 30;
const of = (alertWishes?: AlertWishes) =>
  thresholdsOf(claimOf('shop/data 10Gi', alertWishes ? { alertWishes } : {}), mixinThresholds);
const plain = { ...mixinThresholds, ignored: false, problems: [] };

describe('thresholds of a claim', () => {
  it('are the general ones without a word of it', () => assert.deepEqual(of(), plain));

  const said: [wishes: AlertWishes, holds: Partial<ReturnType<typeof of>>][] = [
    [{ freeWarning: '20%' }, { warning: { ratio: 0.2 }, inodesWarning: 0.2 }],
    [{ freeCritical: ' 5% ' }, { critical: { ratio: 0.05 }, inodesCritical: 0.05 }],
    [{ freeCritical: '0%' }, { critical: { ratio: 0 }, inodesCritical: 0 }],
    [{ freeWarning: '5Gi' }, { warning: { bytes: 5 * gi } }],
    [
      { resizeThreshold: '10%', inodesThreshold: '12.5%' },
      { warning: { ratio: 0.1 }, inodesWarning: 0.125 },
    ],
    [
      { resizeThreshold: '10%', freeWarning: '20%' },
      { warning: { ratio: 0.2 }, inodesWarning: 0.2 },
    ],
    [{ storageLimit: '100Gi' }, { limitBytes: 100 * gi }],
    [{ storageLimit: '0' }, {}],
    [{ excluded: 'true' }, { ignored: true }],
    [{ excluded: 'yes' }, {}],
    [{ ignore: 'true' }, { ignored: true }],
    [{ ignore: 'false' }, {}],
  ];
  for (const [wishes, holds] of said)
    it(`are read from ${JSON.stringify(wishes)}`, () => assert.deepEqual(of(wishes), { ...plain, ...holds }));

  const wrong: [wishes: AlertWishes, named: RegExp][] = [
    [{ freeWarning: 'soon' }, /^pvcwatch\.dev\/free-warning: 'soon' is not a percentage such as 15% or a quantity/],
    [{ freeCritical: '101%' }, /^pvcwatch\.dev\/free-critical: /],
    [{ freeCritical: '-3%' }, /^pvcwatch\.dev\/free-critical: /],
    [{ freeWarning: '' }, /^pvcwatch\.dev\/free-warning: /],
    [{ resizeThreshold: '10 %' }, /^resize\.topolvm\.io\/threshold: /],
    [{ inodesThreshold: '5Gi' }, /^resize\.topolvm\.io\/inodes-threshold: /],
    [{ storageLimit: '10%' }, /^resize\.topolvm\.io\/storage_limit: /],
    [{ ignore: 'yes' }, /^pvcwatch\.dev\/ignore: 'yes' is not "true" or "false"/],
    [{ freeWarning: 'x'.repeat(5000) }, /^.{60,200}$/],
  ];
  for (const [wishes, named] of wrong)
    it(`are the general ones, and say why, for ${JSON.stringify(wishes).slice(0, 60)}`, () => {
      const { problems, ...holds } = of(wishes);
      assert.deepEqual({ ...holds, problems: [] }, plain);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', named);
    });

  it('are a part of what there is', () => {
    assert.equal(boundRatio({ ratio: 0.2 }, 10), 0.2);
    assert.equal(boundRatio({ bytes: 5 }, 20), 0.25);
  });
});
