SELECT probe, store, run, tunnel, count() AS sas, min(first_time) AS first_time, max(last_time) AS last_time,
  sum(received) AS received, sum(bytes) AS bytes, sum(lost) AS lost, sum(lost_blind) AS lost_blind,
  sum(lost_doubtful) AS lost_doubtful, sum(late) AS late, sum(duplicates) AS duplicates
FROM {db}.associations
WHERE tunnel != ''
GROUP BY probe, store, run, tunnel
