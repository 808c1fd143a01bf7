SELECT probe, store, run, id, protocol, src, dst, inside, tunnel,
  toDateTime(least(greatest(intDiv(first_time_ns, 1000000000), 0), 4291747200), 'UTC') AS first_time,
  toDateTime(least(greatest(intDiv(last_time_ns, 1000000000), 0), 4291747200), 'UTC') AS last_time,
  received, bytes, lost, lost_blind, lost_doubtful, gaps, max_gap, late, max_late_extent, duplicates, too_old,
  before_first, outliers, restarts, reused_ans, first_ext, highest_ext, stations, interleaved, evicted,
  first_time_ns, last_time_ns, sa, row
FROM {db}.raw_flows FINAL
