SELECT probe, store, path, hop, version, seen, toInt64(now()) - toInt64(toUInt32(seen)) AS lag_s,
  toDateTime(least(greatest(intDiv(through_ns, 1000000000), 0), 4291747200), 'UTC') AS through,
  clock_ms, shipped, refused
FROM {db}.raw_probes FINAL
