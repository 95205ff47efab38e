import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'mocha';
import { type AlertScene, AlertWindow, SharedMemory } from './alertWindow.ts';
import { FakeClock } from './fakeClock.ts';

export const normal: AlertScene = { claims: ['shop/data 150Gi'] };
export const breach: AlertScene = { claims: ['shop/data 210Gi'] };

const minute = 60_000;

/** The windows of one user, their time, and what they have in common. */
export class AlertDesk {
  readonly clock = new FakeClock();
  shared = new SharedMemory();
  readonly #windows: AlertWindow[] = [];

  open(name: string, scene?: AlertScene, memory?: unknown): AlertWindow {
    const window = new AlertWindow(name, this.clock, this.shared, scene, memory);
    this.#windows.push(window);
    return window;
  }

  /** A window that has watched the budget being crossed, so long ago. */
  async openedAfter(ms: number): Promise<AlertWindow> {
    const window = this.open('a', normal);
    window.see(breach);
    await this.clock.advance(ms);
    return window;
  }

  /** Long enough for an end to count. */
  async backToNormal(window: AlertWindow): Promise<void> {
    window.see(normal);
    await this.clock.advance(2 * minute);
  }

  close(): void {
    for (const window of this.#windows.splice(0)) window.close();
    assert.equal(this.clock.pendingTimers, 0, 'a closed window leaves no timer');
  }
}

/** Gives every test its own desk and closes it afterwards. */
export function alertDesks(): () => AlertDesk {
  let desk = new AlertDesk();
  beforeEach(() => {
    desk = new AlertDesk();
  });
  afterEach(() => desk.close());
  return () => desk;
}
