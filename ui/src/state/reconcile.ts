// Keeps the parts of a snapshot that did not change the same objects, so that only what changed is drawn.

/** `next`, with every part that equals the one in `previous` replaced by that. */
export function reconcile<T>(previous: T, next: T): T {
  if (Object.is(previous, next)) return previous;
  if (typeof previous !== 'object' || typeof next !== 'object' || previous === null || next === null)
    return next;
  if (Array.isArray(previous) !== Array.isArray(next)) return next;
  const before = previous as Record<string, unknown>;
  const after = next as Record<string, unknown>;
  const keys = Object.keys(after);
  let same = keys.length === Object.keys(before).length;
  const merged: Record<string, unknown> | unknown[] = Array.isArray(next) ? [] : {};
  for (const key of keys) {
    const part = key in before ? reconcile(before[key], after[key]) : after[key];
    (merged as Record<string, unknown>)[key] = part;
    if (!(key in before) || !Object.is(part, before[key])) same = false;
  }
  return same ? previous : (merged as T);
}
