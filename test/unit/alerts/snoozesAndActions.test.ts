import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AlertWindow, SharedMemory } from '../../support/alertWindow.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const minute = 60_000;

describe('alert engine: snoozes', () => {
  const breach = { claims: ['shop/data 210Gi'] };

  it('silences in every window, ends by time, and is remembered', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const [a, b] = [new AlertWindow('a', clock, shared, breach), new AlertWindow('b', clock, shared, breach)];
    await clock.advance(minute);
    const [episode] = a.engine.state.value.open;
    assert.ok(episode);
    await b.engine.snooze(episode, 'hour');
    assert.deepEqual(
      [a, b].map((window) => window.engine.state.value.snoozes.map(({ subject }) => subject)),
      [['total'], ['total']],
    );
    await clock.advance(59 * minute);
    assert.equal(a.engine.state.value.snoozes.length, 1);
    await clock.advance(2 * minute);
    assert.deepEqual([a.engine.state.value.snoozes, b.engine.state.value.snoozes], [[], []]);
    for (const window of [a, b]) window.close();
  });

  it('until back to normal ends with the episode, which is still said', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const window = new AlertWindow('a', clock, shared, breach);
    await clock.advance(minute);
    const [episode] = window.engine.state.value.open;
    assert.ok(episode);
    await window.engine.snooze(episode, 'untilNormal');
    window.see('150Gi');
    await clock.advance(70_000);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
    assert.deepEqual(window.engine.snoozes, []);
    window.close();
  });

  it('until back to normal does not end by what a window that sees nothing remembers', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const windows = [new AlertWindow('a', clock, shared), new AlertWindow('b', clock, shared)] as const;
    const [a, b] = windows;
    for (const window of windows) window.see(breach);
    await clock.advance(12_000);
    for (const window of windows) window.see('150Gi');
    await clock.advance(70_000);
    b.see({ snapshot: { claimsState: 'stale' } });
    await clock.advance(40 * minute);
    a.see(breach);
    await clock.advance(12_000);
    const [episode] = a.engine.state.value.open;
    assert.ok(episode);
    await a.engine.snooze(episode, 'untilNormal');
    await clock.advance(minute);
    assert.equal(shared.snoozes.value.length, 1);
    for (const window of windows) window.close();
  });

  it('can be ended by hand', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), breach);
    await clock.advance(minute);
    const [episode] = window.engine.state.value.open;
    assert.ok(episode);
    await window.engine.snooze(episode, 'today');
    await window.engine.endSnooze(episode.key);
    assert.deepEqual(window.engine.state.value.snoozes, []);
    window.close();
  });
});

describe('alert engine: actions', () => {
  const onBreach = { kind: 'command', command: 'page', args: [] } as const;
  const onNormal = { kind: 'task', task: 'relax' } as const;
  const [low, high] = [
    { claims: ['shop/data 150Gi'], onBreach, onNormal },
    { claims: ['shop/data 210Gi'], onBreach, onNormal },
  ];

  it('run once in all windows, also while nobody looks', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const windows = [new AlertWindow('a', clock, shared, low), new AlertWindow('b', clock, shared, low)];
    for (const window of windows) {
      window.focused.set(false);
      window.see(high);
    }
    await clock.advance(minute);
    for (const window of windows) window.see(low);
    await clock.advance(2 * minute);
    assert.deepEqual(
      windows.map(({ ran, told }) => [ran, told]),
      [
        [['breach page', 'normal relax'], []],
        [[], []],
      ],
    );
    for (const window of windows) window.close();
  });

  it('run each in a window that has it, also where another one has only the other', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const [b, a] = [
      new AlertWindow('b', clock, shared, { claims: ['shop/data 150Gi'], onNormal }),
      new AlertWindow('a', clock, shared, { claims: ['shop/data 150Gi'], onBreach }),
    ];
    b.see({ claims: ['shop/data 210Gi'], onNormal });
    a.see({ claims: ['shop/data 210Gi'], onBreach });
    await clock.advance(minute);
    b.see({ claims: ['shop/data 150Gi'], onNormal });
    a.see({ claims: ['shop/data 150Gi'], onBreach });
    await clock.advance(2 * minute);
    assert.deepEqual([a.ran, b.ran], [['breach page'], ['normal relax']]);
    for (const window of [a, b]) window.close();
  });

  it('do not catch up with an end that came before onNormal was set', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), { claims: ['shop/data 150Gi'], onBreach });
    window.see({ claims: ['shop/data 210Gi'], onBreach });
    await clock.advance(minute);
    window.see({ claims: ['shop/data 150Gi'], onBreach });
    await clock.advance(2 * minute);
    window.see(low);
    await clock.advance(2 * minute);
    assert.deepEqual(window.ran, ['breach page']);
    window.close();
  });
});
