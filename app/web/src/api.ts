// Asking the server: with the token where one is needed, and as streams.
import type { Event } from './types';

const kToken = 'lacuna-token';

/** Kept for this tab and its life alone. */
export const token = {
  get: (): string => sessionStorage.getItem(kToken) ?? '',
  set: (value: string): void => {
    if (value) sessionStorage.setItem(kToken, value);
    else sessionStorage.removeItem(kToken);
  },
};

/** Why there is no answer; `status` 0: none came. */
export class Trouble extends Error {
  constructor(readonly status: number, detail: string) {
    super(detail);
  }
}

function fields(accept: string): Record<string, string> {
  const value = token.get();
  return value ? { Accept: accept, Authorization: `Bearer ${value}` } : { Accept: accept };
}

async function ask(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(path, { headers: fields(accept), signal, redirect: 'error' });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Trouble(0, 'the server does not answer');
  }
  if (reply.ok) return reply;
  const problem = await reply.json().catch(() => ({}));
  throw new Trouble(reply.status, String(problem.detail ?? `status ${reply.status}`));
}

/** Numbers that a double cannot hold stay whole where the browser shows their text (2025 and later). */
function exact(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const keep = (_: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context!.source!)
      : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return exact(await (await ask(path, 'application/json', signal)).text()) as T;
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await ask(path, 'text/plain', signal)).text();
}

/** Events as they come, until `signal` says enough; where the stream is cut it goes on after a while. */
export async function follow(path: string, signal: AbortSignal, tell: (event: Event) => void): Promise<void> {
  for (let pause = 1000; !signal.aborted; pause = Math.min(2 * pause, 30_000)) {
    try {
      const reply = await ask(path, 'text/event-stream', signal);
      pause = 1000;
      const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (rest + value).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = block.split('\n').find((line) => line.startsWith('data: '));
          if (data) tell(exact(data.slice(6)) as Event);
        }
      }
    } catch (error) {
      // Nothing to follow here: a run that stores nothing, or no right to ask.
      if (error instanceof Trouble && [401, 404].includes(error.status)) return;
    }
    if (!signal.aborted) await new Promise((done) => setTimeout(done, pause));
  }
}
