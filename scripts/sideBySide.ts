/** What runs without a screen of its own: hands on what it says, piece by piece. */
export type Task<T> = (say: (piece: string) => void) => Promise<T>;

/**
 * Runs tasks, at most `limit` at once, and returns their results in the order of the tasks.
 *
 * What they say comes out in that order too: the first that is not done yet speaks at once, the others when it is their
 * turn, so that it reads as if one had run after the other.
 */
export async function sideBySide<T>(
  tasks: readonly Task<T>[],
  limit: number,
  out: (piece: string) => void,
): Promise<T[]> {
  const waiting = tasks.map((): string[] => []);
  const done = new Set<number>();
  let speaking = 0;
  const say = (index: number, piece: string) => {
    if (index === speaking) out(piece);
    else waiting[index]?.push(piece);
  };
  const finish = (index: number) => {
    done.add(index);
    while (done.has(speaking)) {
      speaking++;
      for (const piece of waiting[speaking] ?? []) out(piece);
    }
  };
  const results = new Map<number, T>();
  const left = [...tasks.entries()];
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, task] = next;
      results.set(index, await task((piece) => say(index, piece)).finally(() => finish(index)));
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
