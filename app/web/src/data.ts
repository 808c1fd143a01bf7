// What the views hold of the server's answers, and when they ask again.
import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson, Trouble } from './api';
import type { Point, PointList, Summary } from './types';

export interface Asked<T> {
  data?: T; ///< the latest good answer
  trouble?: Trouble; ///< of the latest attempt
}

/** The answer of `load`, asked for anew when `key` changes and every `rest` ms (0: never) while the page is seen. */
export function useAsk<T>(key: string, load: (signal: AbortSignal) => Promise<T>, rest = 0): Asked<T> {
  const [state, set] = useState<Asked<T> & { key?: string }>({});
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const again = async (): Promise<void> => {
      let none = false;
      try {
        const data = await latest.current(stop.signal);
        if (!stop.signal.aborted) set({ key, data });
      } catch (error) {
        if (stop.signal.aborted) return;
        const trouble = error instanceof Trouble ? error : new Trouble(0, String(error));
        none = trouble.status === 404;
        if (trouble.status === 401) dispatchEvent(new CustomEvent('lacuna-token'));
        set((old) => ({ key, data: old.key === key ? old.data : undefined, trouble }));
      }
      if (rest > 0 && !none && !stop.signal.aborted && !document.hidden) timer = window.setTimeout(again, rest);
    };
    const seen = (): void => {
      window.clearTimeout(timer);
      if (!document.hidden && rest > 0) void again();
    };
    void again();
    document.addEventListener('visibilitychange', seen);
    return () => {
      stop.abort();
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [key, rest]);
  return state.key === key ? state : {};
}

/** A path of the interface with the values that are given. */
export function path(base: string, values: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text ? `${base}?${text}` : base;
}

const kMostPoints = 1000;
/** Points of a span as fine as one page of the interface holds. */
export async function timeline(
  base: string,
  span: { run?: string | null; since?: string | null; until?: string | null },
  signal: AbortSignal,
): Promise<PointList> {
  let page: PointList = { count: 0, points: [] };
  for (const interval of ['fine', 'minute', 'hour']) {
    page = await getJson<PointList>(path(base, { ...span, interval, limit: kMostPoints }), signal);
    if (page.count <= kMostPoints) break;
  }
  return page;
}

const kRemembered = 1800;

/** What this page has seen of a run under way: sums, once a second. Outlives the views. */
export class History {
  private run = -1;
  private seen: { at: number; s: Summary }[] = [];

  add(s: Summary): void {
    if (s.run !== this.run) this.seen = [];
    this.run = s.run;
    this.seen.push({ at: Date.now() / 1000, s });
    if (this.seen.length > kRemembered) this.seen.shift();
  }

  /** What was added from one look to the next. Loss may fall: late packets fill holes. */
  points(run: number): Point[] {
    const all: Point[] = [];
    for (let i = 1; run === this.run && i < this.seen.length; ++i) {
      const [a, b] = [this.seen[i - 1]!, this.seen[i]!];
      const by = (name: keyof Summary): number => Number(b.s[name]) - Number(a.s[name]);
      all.push({
        timestamp: new Date(1000 * a.at).toISOString(),
        duration_seconds: b.at - a.at,
        packets_received: by('total_packets_received'),
        total_bytes: by('total_bytes'),
        total_lost_packets: by('total_lost_packets'),
        lost_blind: by('lost_blind'),
        late: by('late'),
        duplicates: by('duplicates'),
        too_old: by('too_old'),
        restarts: by('restarts'),
      });
    }
    return all;
  }
}

export const history = new History();
