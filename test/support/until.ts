/** Asks again until the answer is truthy and returns it; fails with `what` after `limitMs`. Errors thrown by `ask` end it at once. */
export async function until<T>(what: string, limitMs: number, ask: () => Promise<T> | T): Promise<NonNullable<T>> {
  const endMs = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > endMs) throw new Error(`Waited ${limitMs / 1000} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
