SELECT probe, store, run, state,
  toDateTime(intDiv(started_ns, 1000000000), 'UTC') AS started, toDateTime(intDiv(ended_ns, 1000000000), 'UTC') AS ended,
  toDateTime(intDiv(written_ns, 1000000000), 'UTC') AS written,
  command, input, offered, dropped, not_stored, flows, received, lost, lost_blind
FROM {db}.raw_runs FINAL
