SELECT probe, store, run, sa AS id, row, instance, hole.1 AS first, hole.2 AS count,
  toDateTime(least(greatest(intDiv(hole.3, 1000000000), 0), 4291747200), 'UTC') AS time,
  hole.4 > 0 AS blind, hole.3 AS time_ns
FROM (
  SELECT probe, store, run, sa, row, instance,
    arraySort(groupArray((place, depth, opened, blind))) AS border,
    arrayMap(b -> b.1, border) AS places,
    arrayCumSum(arrayMap(b -> b.2, border)) AS depths,
    arrayCumSum(arrayMap(b -> b.3, border)) AS times,
    arrayCumSum(arrayMap(b -> b.4, border)) AS blinds,
    arrayJoin(arrayFilter(h -> h.5 > 0,
      arrayMap(i -> (places[i], places[i + 1] - places[i], times[i], blinds[i], depths[i]), arrayEnumerate(places)))) AS hole
  FROM (
    SELECT probe, store, run, sa, row, instance, b.1 AS place, sum(b.2) AS depth, sum(b.3) AS opened, sum(b.4) AS blind
    FROM (
      SELECT probe, store, run, sa, row, instance,
        arrayJoin([(first, toInt64(sign), time_ns * (sign > 0), toInt64(blind * (sign > 0))),
          (first + count, -toInt64(sign), -time_ns * (sign > 0), -toInt64(blind * (sign > 0)))]) AS b
      FROM (
        SELECT probe, store, run, sa, row, serial, instance, first, count, sign, blind, provisional, time_ns, marks
        FROM (
          SELECT probe, store, run, sa, row, serial, instance, first, count, sign, blind, provisional, time_ns
          FROM {db}.raw_holes FINAL
        ) ALL LEFT JOIN (
          SELECT probe, store, run, sa, row,
            arraySort(groupArray((serial, toInt64(instance), toInt64(kind = 'restart_undone')))) AS marks
          FROM {db}.raw_events FINAL
          WHERE kind IN ('restart', 'restart_undone')
          GROUP BY probe, store, run, sa, row
        ) USING (probe, store, run, sa, row)
      )
      WHERE serial >= 0 AND provisional = arrayFirst(m -> m.1 > serial AND m.2 = instance + provisional, marks).3
    )
    GROUP BY probe, store, run, sa, row, instance, place
    HAVING depth != 0 OR opened != 0 OR blind != 0
  )
  GROUP BY probe, store, run, sa, row, instance
)
