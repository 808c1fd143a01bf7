SELECT probe, store, run, level, sa AS id, start, length, received, bytes, lost, lost_blind, late, duplicates, too_old,
  restarts, row
FROM {db}.raw_series FINAL
