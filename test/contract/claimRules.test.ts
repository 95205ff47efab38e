import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VolumeStats } from '../../src/domain/reading.ts';
import type { ClaimRecord } from '../../src/domain/records.ts';
import { ClaimStory } from '../support/claimStory.ts';
import { mixinRuleFile } from '../support/mixinRules.ts';
import { promtoolBinary } from '../support/prometheusProgram.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { claimOf, readingOf } from '../support/views.ts';

const gi = 2 ** 30;
const alerts = mixinRuleFile.groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));

/** One value a minute, without a gap. */
interface Series {
  readonly claim: ClaimRecord;
  readonly stats: readonly Required<VolumeStats>[];
}

/** Walks that come near the bounds from above: bytes and inodes drift by themselves, at a pace of their own. */
function walk(seed: number): Series {
  const random = seededRandom(seed);
  const minutes = 200 + Math.floor(random() * 350);
  const capacityBytes = Math.round((1 + random() * 100) * gi);
  const inodes = 1000 + Math.floor(random() * 1_000_000);
  const walker = () => {
    let free = random() * 0.4;
    const [drift, noise] = [(random() - 0.7) / 400, random() / 60];
    return () => {
      free = Math.min(1, Math.max(0, free + drift + (random() - 0.5) * noise));
      return free;
    };
  };
  const [bytesFree, inodesFree] = [walker(), walker()];
  const isUnused = seed % 10 === 0;
  const stats = Array.from({ length: minutes }, () => {
    const availableBytes = Math.floor(capacityBytes * bytesFree());
    const usedBytes = isUnused ? 0 : capacityBytes - availableBytes;
    return { capacityBytes, availableBytes, usedBytes, inodes, inodesUsed: inodes - Math.floor(inodes * inodesFree()) };
  });
  const more: Partial<ClaimRecord> =
    seed % 10 === 1 ? { accessModes: ['ReadOnlyMany'] } : seed % 10 === 2 ? { alertWishes: { excluded: 'true' } } : {};
  return { claim: claimOf(`shop/c${seed} 100Gi`, more), stats };
}

/** In which minute each episode of ours opens first. */
function openings({ claim, stats }: Series): ReadonlyMap<string, number> {
  const story = new ClaimStory();
  story.nowMs = 0;
  const opened = new Map<string, number>();
  for (const [minute, each] of stats.entries()) {
    const reading = readingOf(0, { ...each, atMs: story.nowMs });
    for (const told of story.see({ claims: [claim], readings: { [claim.uid]: reading } })) {
      const [, name, kind] = /^\(?(\w+ \w+) (\w+)\)?$/.exec(told) ?? [];
      const alert = name?.replace(' ', '_') ?? '';
      if (kind === 'opened' && !opened.has(alert)) opened.set(alert, minute);
    }
    story.nowMs += 60_000;
  }
  return opened;
}

/** A test for promtool: up to and with the minute in which ours opens, Prometheus has to say the same. */
function promtoolTest(series: Series, opened: ReadonlyMap<string, number>) {
  const { claim, stats } = series;
  const labels = `namespace="shop",persistentvolumeclaim="${claim.name}"`;
  const lineOf = (name: string, value: (stats: Required<VolumeStats>) => number | undefined, more = '') => ({
    series: `${name}{${labels}${more}}`,
    values: stats.map(value).join(' '),
  });
  const mode = claim.accessModes[0] ?? 'ReadWriteOnce';
  return {
    interval: '1m',
    input_series: [
      lineOf('kubelet_volume_stats_capacity_bytes', (each) => each.capacityBytes),
      lineOf('kubelet_volume_stats_available_bytes', (each) => each.availableBytes),
      lineOf('kubelet_volume_stats_used_bytes', (each) => each.usedBytes),
      lineOf('kubelet_volume_stats_inodes', (each) => each.inodes),
      lineOf('kubelet_volume_stats_inodes_used', (each) => each.inodesUsed),
      lineOf('kubelet_volume_stats_inodes_free', ({ inodes = 0, inodesUsed = 0 }) => inodes - inodesUsed),
      lineOf('kube_persistentvolumeclaim_access_mode', () => 1, `,access_mode="${mode}"`),
      ...(claim.alertWishes?.excluded === 'true'
        ? [lineOf('kube_persistentvolumeclaim_labels', () => 1, ',label_excluded_from_alerts="true"')]
        : []),
    ],
    alert_rule_test: alerts.flatMap((alertname) => {
      const opens = opened.get(alertname);
      const fires = [{ exp_labels: { namespace: 'shop', persistentvolumeclaim: claim.name } }];
      return Array.from({ length: (opens ?? stats.length - 1) + 1 }, (_, minute) => ({
        eval_time: `${minute}m`,
        alertname,
        exp_alerts: minute === opens ? fires : [],
      }));
    }),
  };
}

const promtool = promtoolBinary();
if (promtool === undefined)
  console.log("Not run: our rules against Prometheus' own; set PVCWATCH_PROMETHEUS to its binary.");
else
  describe("our rules and kubernetes-mixin's in Prometheus", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'pvcwatch-promtool-'));
      writeFileSync(join(folder, 'rules.json'), JSON.stringify(mixinRuleFile));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** What promtool says of it; '' if all is as expected. */
    function run(tests: readonly ReturnType<typeof promtoolTest>[]): string {
      const file = join(folder, 'tests.json');
      writeFileSync(file, JSON.stringify({ rule_files: ['rules.json'], evaluation_interval: '1m', tests }));
      try {
        execFileSync(promtool ?? '', ['test', 'rules', file], { encoding: 'utf8', stdio: 'pipe' });
        return '';
      } catch (error) {
        return error instanceof Error ? error.message.slice(0, 3000) : 'failed';
      }
    }

    const walks = Array.from({ length: 40 }, (_, seed) => walk(seed));
    const opened = walks.map(openings);

    it('open in the same evaluation', () => {
      for (const alert of alerts)
        assert.ok(opened.filter((each) => each.has(alert)).length >= 3, `enough of the walks open ${alert}`);
      assert.ok(opened.filter((each) => each.size === 0).length >= 3, 'and some none');
      assert.equal(run(walks.map((series, index) => promtoolTest(series, opened[index] ?? new Map()))), '');
    });

    it('are told apart by one minute', () => {
      const index = opened.findIndex((each) => each.has('bytes_warning'));
      const series = walks[index];
      assert.ok(series);
      for (const late of [-1, 1]) {
        const moved = new Map([...(opened[index] ?? [])].map(([alert, minute]) => [alert, minute + late] as const));
        assert.match(run([promtoolTest(series, moved)]), /FAILED/);
      }
    });
  });
