// Figures of the probe, from the text of /metrics (Prometheus 0.0.4).
export interface Sample {
  labels: Record<string, string>;
  value: number;
}
export type Metrics = Map<string, Sample[]>;

export function parseMetrics(text: string): Metrics {
  const all: Metrics = new Map();
  for (const line of text.split('\n')) {
    const found = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!found) continue;
    const [, name = '', labels = '', value] = found;
    const sample: Sample = { labels: {}, value: Number(value) };
    for (const [, key = '', quoted = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
      sample.labels[key] = quoted.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    const known = all.get(name);
    if (known) known.push(sample);
    else all.set(name, [sample]);
  }
  return all;
}

export const valueOf = (metrics: Metrics, name: string): number | undefined => metrics.get(name)?.[0]?.value;
