// The objects of the REST interface, as /api/v1/openapi.json describes them; only what is shown.

/** A number of up to 64 bits: beyond 2^53 it comes as bigint. */
export type Num = number | bigint;

export interface Counted {
  lost_blind: Num;
  lost_doubtful: Num;
  loss_ratio: number;
  duplicates: Num;
  late: Num;
  max_late_extent: Num;
  too_old: Num;
  before_first: Num;
  outliers: Num;
  restarts: Num;
  total_lost_packets: Num;
  total_bytes: Num;
}

export interface Summary extends Counted {
  total_flows: Num;
  total_packets_received: Num;
  total_gaps_detected: Num;
  max_gap_size: Num;
  avg_bandwidth_mbps: number;
  reordering_ratio: number;
  rekeys: Num;
  first_timestamp: string | null;
  last_timestamp: string | null;
  packets: Record<string, Num> | null;
  run: number;
  state: 'open' | 'ended' | 'crashed';
}

export interface Flow extends Counted {
  flow_id: string;
  protocol: string;
  packets_received: Num;
  gaps_detected: Num;
  max_gap: Num;
  first_sequence: Num;
  last_sequence: Num;
  first_timestamp: string;
  last_timestamp: string;
  duration_seconds: number;
  bandwidth_mbps: number;
  avg_inter_arrival_ms: number;
  sci_assumed: boolean;
  evicted: boolean;
}

export interface ReplayWindow {
  needed: number | null;
  dropped_at: Record<string, Num>;
}

export interface FlowDetail extends Flow {
  lives: number;
  report: {
    loss_periods: Record<string, Num>;
    loss_distances: Record<string, Num>;
    late_extents: Record<string, Num>;
    replay_window: ReplayWindow;
    reordering_ratio: number;
    rate_pps: number;
    exhaustion?: { rate_per_s: number; seconds_left: number | null; warning: boolean } | null;
  };
}

export interface Gap {
  flow_id: string;
  expected_sequence: Num;
  received_sequence: Num;
  gap_size: Num;
  timestamp: string;
  blind: boolean;
}

export interface Point {
  timestamp: string;
  duration_seconds: number;
  packets_received: number;
  total_bytes: number;
  total_lost_packets: number;
  lost_blind: number;
  late: number;
  duplicates: number;
  too_old: number;
  restarts: number;
}

export interface Event {
  kind: string;
  flow_id: string | null;
  timestamp: string;
  instance: number;
  details: Record<string, Num | string | null>;
}

export interface Run {
  run: number;
  state: Summary['state'];
  started: string;
  ended: string | null;
  command: string;
  input: string[];
  packets_offered: Num;
  total_flows: Num;
  total_lost_packets: Num;
}

export interface Health {
  source: 'store' | 'live';
  runs: number;
}

export interface FlowList { count: number; flows: Flow[]; next?: string }
export interface GapList { count: number; gaps: Gap[]; complete: boolean }
export interface PointList { count: number; points: Point[]; complete?: boolean }
export interface EventList { count: number; events: Event[] }
export interface RunList { count: number; runs: Run[] }
