// Callers that keep asking for a while, and what they saw: the same loop for every peer whose client is JavaScript.
//
// Reads one JSON order a line from standard input, {"work": "…", "seconds": 5, "callers": 64, …}, runs it and answers with
// one JSON line: {"items", "calls", "failed", "seconds", "p50_ms", "p99_ms", "first_error"}. A call that fails counts no item;
// with no seconds at all each caller asks once.
import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';

async function run(call, order) {
  const slow = [];
  let items = 0;
  let failed = 0;
  let firstError = null;
  const begun = performance.now();
  const end = begun + order.seconds * 1000;
  const caller = async (number) => {
    do {
      const asked = performance.now();
      try {
        const done = await call(order, number);
        // Not `items += await …`, which would add to what it was before the wait.
        items += done;
        slow.push(performance.now() - asked);
      } catch (error) {
        failed += 1;
        firstError ??= String(error).slice(0, 300);
      }
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: order.callers }, (_, number) => caller(number)));
  const seconds = (performance.now() - begun) / 1000;
  slow.sort((one, other) => one - other);
  const at = (share) => slow[Math.min(slow.length - 1, Math.floor(slow.length * share))] ?? null;
  return { items, calls: slow.length, failed, seconds, p50_ms: at(0.5), p99_ms: at(0.99), first_error: firstError };
}

// `works` names what can be asked for: each takes (order, number of the caller) and resolves to how many items it did.
export async function serve(works) {
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    console.log(JSON.stringify(await run(works[order.work], order)));
  }
  process.exit(0);
}
