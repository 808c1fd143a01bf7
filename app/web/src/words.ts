// Verdicts, events and causes in words.
import { count, counted, duration, percent } from './format';
import type { Counted, Event, Flow, Num, ReplayWindow, Summary } from './types';

export type Tone = 'good' | 'loss' | 'blind' | 'none';
export interface Verdict {
  tone: Tone;
  title: string;
  lines: string[];
}

const big = (n: Num): bigint => BigInt(n);

interface Figures extends Counted {
  received: Num;
  gaps: Num;
}

/** Different numbers seen from the first to the highest, as doc/semantics.md says. */
function distinct(f: Figures): bigint {
  return big(f.received) - big(f.duplicates) - big(f.too_old) - big(f.before_first) - big(f.outliers);
}

function lossLines(f: Figures): string[] {
  const way = big(f.total_lost_packets) - big(f.lost_blind) - big(f.lost_doubtful);
  const size = Number(f.total_lost_packets) / Number(f.gaps);
  const gaps = Number(f.gaps) > 1 ? `in ${count(f.gaps)} gaps of ${size.toFixed(1)} on average` : 'in one gap';
  const lines = [];
  if (way > 0n && way === big(f.total_lost_packets)) {
    lines.push(`${count(way)} of ${counted(way + distinct(f), 'number')} never came, ${gaps}.`);
  } else {
    if (way > 0n) lines.push(`${count(way)} of ${counted(way + distinct(f), 'number')} never came.`);
    if (Number(f.gaps) > 0) lines.push(`With all that is missing it is ${counted(f.total_lost_packets, 'number')}, ${gaps}.`);
  }
  if (big(f.lost_blind) > 0n)
    lines.push(`${count(f.lost_blind)} of them fell while the probe itself lost packets: not counted against the network.`);
  if (big(f.lost_doubtful) > 0n)
    lines.push(`${count(f.lost_doubtful)} of them cannot have been packets: left out of the ratio.`);
  return lines;
}

function disorderLines(f: Figures): string[] {
  const lines = [];
  if (big(f.late) > 0n)
    lines.push(`${counted(f.late, 'packet')} came late, at most ${counted(f.max_late_extent, 'number')} behind.`);
  if (big(f.too_old) > 0n)
    lines.push(`${counted(f.too_old, 'packet')} came from beyond the reorder memory: sent again, or so late that as many lost numbers did come.`);
  if (big(f.duplicates) > 0n)
    lines.push(`${counted(f.duplicates, 'packet')} arrived again: copied on the way, or replayed.`);
  if (big(f.restarts) > 0n)
    lines.push(`Numbers began again ${counted(f.restarts, 'time')} under the same key: a reboot, or a key reused.`);
  if (big(f.outliers) > 0n)
    lines.push(`${counted(f.outliers, 'packet')} bore a number far ahead that nothing followed: forged or corrupt.`);
  return lines;
}

function verdict(f: Figures, flows: Num): Verdict {
  const way = big(f.total_lost_packets) - big(f.lost_blind) - big(f.lost_doubtful);
  const lines = [...lossLines(f), ...disorderLines(f)];
  if (big(f.received) === 0n)
    return { tone: 'none', title: 'No MACsec, ESP or AH seen', lines: ['Nothing that carries a packet number has come so far.'] };
  if (way > 0n) return { tone: 'loss', title: `Loss: ${percent(f.loss_ratio)}`, lines };
  if (big(f.total_lost_packets) > 0n)
    return { tone: 'blind', title: 'No loss that the network caused', lines };
  if (distinct(f) <= big(flows))
    return { tone: 'none', title: 'Loss cannot be told', lines: ['Each SA showed a single number.', ...lines] };
  return {
    tone: 'good',
    title: 'No loss',
    lines: ['Every number between the first and the highest of each SA was seen.', ...lines],
  };
}

export const verdictOf = (s: Summary): Verdict =>
  verdict({ ...s, received: s.total_packets_received, gaps: s.total_gaps_detected }, s.total_flows);

export const flowVerdict = (f: Flow): Verdict =>
  verdict({ ...f, received: f.packets_received, gaps: f.gaps_detected }, 1);

export const kKinds: Record<string, string> = {
  restart: 'Restart',
  restart_undone: 'Restart taken back',
  rekey: 'Rekey',
  exhaustion: 'Exhaustion',
  evicted: 'Left the table',
  jump: 'Jump',
  counter: 'Further counter',
  moved: 'Moved',
  probe_dropped: 'Probe lost frames',
  store_resumed: 'Store resumed',
  silent: 'Silent',
  resumed: 'Sends again',
  no_link: 'No link',
  not_running: 'No probe ran',
  hole_opened: 'Hole opened',
  hole_filled: 'Hole filled',
};

/** What an event says; a kind this page does not know shows its numbers as they are. */
export function eventWords(e: Event): string {
  const d = (name: string): string => {
    const value = e.details[name];
    if (value === null || value === undefined) return '?';
    return typeof value === 'string' ? value : count(value);
  };
  switch (e.kind) {
    case 'restart':
      return `the numbers fell from ${d('old_highest')} to ${d('new_first')}`;
    case 'restart_undone':
      return 'it was a replay, not a restart';
    case 'rekey':
      return `AN ${d('old_an')} ended at ${d('old_highest')}, AN ${d('new_an')} begins at ${d('new_first')}`;
    case 'exhaustion':
      return `at ${d('highest')}, past three quarters of the 32-bit numbers`;
    case 'evicted':
      return 'idle, or pushed out by others';
    case 'jump':
      return `the numbers went from ${d('old_highest')} to ${d('new_first')}; what lies between is lost`;
    case 'counter':
      return `a counter of its own under the same identity began at ${d('new_first')}`;
    case 'moved':
      return `its ${d('address')} went from ${d('from')} to ${d('to')}, the numbers from ${d('old_highest')} to ${d('new_first')}`;
    case 'probe_dropped':
      return `${d('frames')} frames, so what is missing then is blind`;
    case 'store_resumed':
      return `${d('not_stored')} records were not stored`;
    case 'silent':
      return 'it sends nothing any more, and nothing replaced it';
    case 'resumed':
      return 'it had sent nothing for longer than it ever should';
    case 'no_link':
      return `port ${d('port')} heard nothing, so what is missing then is blind`;
    case 'not_running':
      return `${d('flows')} SAs go on where the run before left them; what passed meanwhile is blind`;
    case 'hole_opened':
      return `from ${d('first_missing')} to before ${d('next')}`;
    case 'hole_filled':
      return `${d('sequence')} came after all, ${d('extent')} behind`;
    default:
      return Object.entries(e.details).map(([name, value]) => `${name} ${value ?? '?'}`).join(', ');
  }
}

/** Why the probe loses something, by the label of lacuna_probe_dropped_total. */
export const kCauses: Record<string, string> = {
  rx_missed: 'missed by NIC, kernel or socket',
  rx_nombuf: 'no packet buffer was free',
  ring_full: 'a ring between stages was full',
  table_full: 'packets of SAs without room in the flow table',
  events_lost: 'events that were not stored',
  capture_dropped: 'the capture says that it lost them',
};

export function windowWords(w: ReplayWindow): string {
  const dropped = Object.entries(w.dropped_at).filter(([, n]) => Number(n) > 0);
  if (w.needed === 0) return 'Nothing came late: any replay window drops none of its packets.';
  if (w.needed !== null && dropped.length === 0)
    return `A window of ${count(w.needed)}, the smallest in use, would have dropped no late packet.`;
  if (w.needed === null) return 'Not even a window of 65,536 would have let every late packet in.';
  const [size, n] = dropped[dropped.length - 1]!;
  return `A window of ${count(w.needed)} would have dropped no late packet; one of ${count(Number(size))} would have dropped ${count(n)}.`;
}

/** Commands that set a window of at least `needed`, where one that is legal there is enough. */
export function windowCommands(protocol: string, needed: number): [string, string][] {
  const rows: [string, string, number, number][] =
    protocol === 'macsec'
      ? [
          ['Linux', 'ip link set dev DEVICE type macsec replay on window N', 1, 65536],
          ['Cisco IOS XE', 'macsec replay-protection window-size N', 0, 65536],
          ['Junos', 'set security macsec connectivity-association NAME replay-protect replay-window-size N', 0, 65535],
        ]
      : [
          ['Linux', 'ip xfrm state … replay-window N flag esn', 1, 4096],
          ['strongSwan', 'replay_window = N', 1, 4096],
          ['Cisco IOS', 'crypto ipsec security-association replay window-size N', 64, 1024],
          ['Junos (SRX)', 'set security ipsec vpn NAME ike anti-replay-window-size N', 64, 8192],
        ];
  return rows
    .filter(([, , , most]) => needed <= most)
    .map(([name, command, least]) => [name, command.replace(/\bN\b/, String(Math.max(needed, least)))]);
}

export function exhaustionWords(x: { rate_per_s: number; seconds_left: number | null; warning: boolean } | null | undefined): string {
  if (!x) return 'Not told: the numbers have 64 bits, or there is no rate yet.';
  if (x.seconds_left === null) return 'At its present rate it never runs out of 32-bit numbers.';
  return `At ${x.rate_per_s.toFixed(1)} numbers a second 32 bits last another ${duration(x.seconds_left)}.`;
}
