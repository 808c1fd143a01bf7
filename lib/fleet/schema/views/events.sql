SELECT toDateTime(least(greatest(intDiv(time_ns, 1000000000), 0), 4291747200), 'UTC') AS time,
  probe, store, run, kind, sa AS id, text, a, b, time_ns, serial
FROM {db}.raw_events FINAL
