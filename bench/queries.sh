# shellcheck shell=bash
# The queries that bench/run measures, a line each:
#
#   section | what | rows that one figure is divided by | query of one column | settings besides the usual ones
#
# A section has a query "count" of the same plan, which the others are compared with. Names of sections of the first kind
# are "build", data, type, plan: bench/report.sql takes them apart.

# "name|expression" of what answers the same question about a column, the exact way last.
aggregates() { # <type> <column> <plan>
	local type=$1 column=$2 plan=$3
	case $type in
	float8)
		say "avg|avg($column)" \
			"quantile_agg|quantile_agg($column)" \
			"percentile_sketch|percentile_sketch($column, 0.99)" \
			"tdigest|tdigest($column, 100)" \
			"percentile_cont|percentile_cont(0.99) WITHIN GROUP (ORDER BY $column)"
		;;
	*)
		say "distinct_agg|distinct_agg($column)"
		# 10 million rows of 143,000 groups take hll minutes, without a limit of memory.
		[[ $plan == grp ]] || say "hll|hll_add_agg(hll_hash_$type($column))"
		[[ $plan == grp ]] || say "topk_agg, k = 100|topk_agg($column, 100)"
		[[ $plan != one ]] || say "frequency_agg|frequency_agg($column)" \
			"membership_agg, 200,000 items|membership_agg($column, 200000)" \
			"membership_agg, 2,000,000 items|membership_agg($column, 2000000)"
		say "count(DISTINCT)|count(DISTINCT $column)"
		;;
	esac
}

build() { # <data> <type> <column> <plan> [rows]
	local data=$1 type=$2 column=$3 plan=$4 by='' name expression
	local rows=${5:-$ROWS} section="build $data $type $plan"
	[[ $plan == one ]] || by="GROUP BY $plan"
	say "$section|count|$rows|SELECT count($column) FROM $data $by"
	while IFS='|' read -r name expression; do
		say "$section|$name|$rows|SELECT $expression FROM $data $by"
	done < <(aggregates "$type" "$column" "$plan")
	[[ $type == float8 || $plan == grp ]] ||
		say "$section|count(*) of each value|$rows|SELECT count(*) FROM $data GROUP BY ${by:+$plan, }$column"
}

# Hash aggregates that may use 128 MB: what is above is spilled.
limited() {
	local memory="work_mem = '64MB'" section='limited' name expression
	say "$section|count|$ROWS|SELECT count(lat) FROM events GROUP BY grp|$memory"
	while IFS='|' read -r name expression; do
		say "$section|$name|$ROWS|SELECT $expression FROM events GROUP BY grp|$memory"
	done <<-'END'
		quantile_agg|quantile_agg(lat)
		tdigest|tdigest(lat, 100)
		percentile_cont|percentile_cont(0.99) WITHIN GROUP (ORDER BY lat)
		distinct_agg|distinct_agg(uid)
		hll|hll_add_agg(hll_hash_bigint(uid))
		count(DISTINCT)|count(DISTINCT uid)
	END
}

# Two workers, and the leader only combines what they made.
parallel() {
	local two='max_parallel_workers_per_gather = 2; SET parallel_leader_participation = off; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0'
	local section name column expression by
	for section in one minute; do
		[[ $section == one ]] && by='' || by="GROUP BY $section"
		while IFS='|' read -r name expression; do
			say "parallel $section|$name, one process|$ROWS|SELECT $expression FROM events $by" \
				"parallel $section|$name, two workers|$ROWS|SELECT $expression FROM events $by|$two"
		done <<-'END'
			count|count(lat)
			quantile_agg|quantile_agg(lat)
			distinct_agg|distinct_agg(uid)
			topk_agg|topk_agg(url, 100)
			tdigest|tdigest(lat, 100)
			hll|hll_add_agg(hll_hash_bigint(uid))
		END
	done
}

# "what|expression" over all rows of a table of sketches.
stored() { # <section> <table> <rows of it> <column> <what|expression ...>
	local section=$1 table=$2 rows=$3 column=$4 by=${by:-} pair
	say "$section|count|$rows|SELECT count($column) FROM $table $by"
	for pair in "${@:5}"; do
		say "$section|${pair%%|*}|$rows|SELECT ${pair#*|} FROM $table $by"
	done
}

merges_and_reads() {
	local fine minutes by
	fine=$(run_psql -c 'SELECT count(*) FROM fine')
	minutes=$(run_psql -c 'SELECT count(*) FROM minutes')
	stored "merge 70-row sketches into one" fine "$fine" q "quantile_sketch|merge(q)"
	stored "merge 70-row sketches into one, tdigest" fine_t "$fine" t "tdigest|tdigest(t)"
	by='GROUP BY grp % 1440' stored "merge 70-row sketches into 1,440" fine "$fine" q "quantile_sketch|merge(q)"
	by='GROUP BY grp % 1440' stored "merge 70-row sketches into 1,440, tdigest" fine_t "$fine" t "tdigest|tdigest(t)"
	stored "merge 70-row distinct sketches into one" fine_d "$fine" d "distinct_sketch|merge(d)"
	stored "merge 70-row distinct sketches into one, hll" fine_h "$fine" h "hll|hll_union_agg(h)"
	by='GROUP BY grp % 1440' stored "merge 70-row distinct sketches into 1,440" fine_d "$fine" d "distinct_sketch|merge(d)"
	by='GROUP BY grp % 1440' stored "merge 70-row distinct sketches into 1,440, hll" fine_h "$fine" h "hll|hll_union_agg(h)"
	stored "merge minute sketches" minutes "$minutes" q "quantile_sketch|merge(q)"
	stored "merge minute sketches, tdigest" minutes_t "$minutes" t "tdigest|tdigest(t)"
	stored "merge minute distinct sketches" minutes_d "$minutes" d "distinct_sketch|merge(d)"
	stored "merge minute distinct sketches, hll" minutes_h "$minutes" h "hll|hll_union_agg(h)"
	stored "merge minute frequency sketches" minutes_f "$minutes" f "frequency_sketch|merge(f)"
	stored "merge minute top-k sketches" minutes_k "$minutes" k "topk_sketch|merge(k)"
	stored "merge minute filters for 200,000" minutes_m "$minutes" m "membership_sketch|merge(m)"

	stored "read p99 of 70-row sketches" fine "$fine" q "quantile_sketch|count(percentile(q, 0.99))"
	by='GROUP BY grp' stored "read p99 of 70-row sketches, tdigest" fine_t "$fine" t "tdigest|tdigest_percentile(t, 0.99)"
	stored "read p99 of minute sketches" minutes "$minutes" q "quantile_sketch|count(percentile(q, 0.99))"
	stored "read count of 70-row distinct sketches" fine_d "$fine" d "distinct_sketch|count(distinct_count(d))"
	stored "read count of 70-row distinct sketches, hll" fine_h "$fine" h "hll|count(hll_cardinality(h))"
	stored "read count of minute distinct sketches" minutes_d "$minutes" d "distinct_sketch|count(distinct_count(d))"
	stored "read count of minute distinct sketches, hll" minutes_h "$minutes" h "hll|count(hll_cardinality(h))"
	stored "read top 10 of minute sketches" minutes_k "$minutes" k "topk_sketch|sum((SELECT count(item) FROM top_k(k, 10)))"
	stored "read whether minute filters have a value" minutes_m "$minutes" m "membership_sketch|count(contains(m, 5::bigint))"
	stored "read values of one sketch" million 1000000 uid \
		"frequency of frequency_sketch|count(frequency((SELECT f FROM whole), uid))" \
		"contains of membership_sketch, 512 kB|count(contains((SELECT few FROM whole), uid))" \
		"contains of membership_sketch, 4 MB|count(contains((SELECT m FROM whole), uid))"
}

# All five families of a minute that has so many events, as a roll-up keeps them.
roll_ups() {
	local each most minutes five='quantile_agg(lat), distinct_agg(uid), frequency_agg(url), topk_agg(url, 100), membership_agg(uid, 200000)'
	local read="percentile(q, 0.99), distinct_count(d), frequency(f, 'https://example.com/path/1'), (SELECT count(item) FROM top_k(k, 10)), contains(m, 5::bigint)"
	for each in 70:700000 700:700000 7000:7000000 90000:9000000; do
		most=${each#*:} each=${each%:*}
		((most <= ROWS)) || continue
		minutes=$(run_psql -c "SELECT count(*) FROM rolled_$each")
		say "roll-up build $each|count|$most|SELECT count(lat) FROM events WHERE id < $most GROUP BY id / $each" \
			"roll-up build $each|five sketches|$most|SELECT ROW($five) FROM events WHERE id < $most GROUP BY id / $each" \
			"roll-up merge $each|count|$minutes|SELECT count(q) FROM rolled_$each" \
			"roll-up merge $each|five sketches|$minutes|SELECT ROW(merge(q), merge(d), merge(f), merge(k), merge(m)) FROM rolled_$each" \
			"roll-up read $each|count|$minutes|SELECT count(q) FROM rolled_$each" \
			"roll-up read $each|five sketches|$minutes|SELECT count(ROW($read)) FROM rolled_$each"
	done
}

# What the order of columns does to any aggregate.
layouts() {
	local table
	for table in before behind; do
		say "layout $table|count|$ROWS|SELECT count(lat) FROM $table" \
			"layout $table|quantile_agg|$ROWS|SELECT quantile_agg(lat) FROM $table"
	done
}

# What moves adds one row and takes one away; the others build each frame anew.
windows() {
	local frame
	for frame in 100 1000 10000; do
		say "window $frame|percentile_sketch|100000|SELECT percentile_sketch(lat, 0.99) OVER (ORDER BY id ROWS $((frame - 1)) PRECEDING) FROM sample"
	done
	say "window 100|avg|100000|SELECT avg(lat) OVER (ORDER BY id ROWS 99 PRECEDING) FROM sample" \
		"window 1000|avg|100000|SELECT avg(lat) OVER (ORDER BY id ROWS 999 PRECEDING) FROM sample" \
		"window 100|tdigest|100000|SELECT tdigest_percentile(lat, 100, 0.99) OVER (ORDER BY id ROWS 99 PRECEDING) FROM sample" \
		"window 1000|tdigest|2000|SELECT tdigest_percentile(lat, 100, 0.99) OVER (ORDER BY id ROWS 999 PRECEDING) FROM sample WHERE id <= 2000" \
		"window 100|percentile_cont|2000|SELECT (SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY v) FROM unnest(frame) AS v) FROM (SELECT array_agg(lat) OVER (ORDER BY id ROWS 99 PRECEDING) AS frame FROM sample WHERE id <= 2000) AS f" \
		"window 1000|percentile_cont|2000|SELECT (SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY v) FROM unnest(frame) AS v) FROM (SELECT array_agg(lat) OVER (ORDER BY id ROWS 999 PRECEDING) AS frame FROM sample WHERE id <= 2000) AS f"
}

# Up to a thousand partitions of a hundredth of the rows: bench/scale.sql.
scale() {
	local each=$((ROWS / 100)) parts name expression groups
	for parts in 10 100 1000; do
		while IFS='|' read -r name expression; do
			say "scale rows|$name|$((parts * each))|SELECT $expression FROM scale WHERE part <= $parts"
		done <<-'END'
			count|count(lat)
			avg|avg(lat)
			quantile_agg|quantile_agg(lat)
			distinct_agg|distinct_agg(uid)
			frequency_agg|frequency_agg(uid)
			topk_agg|topk_agg(uid, 100)
			membership_agg|membership_agg(uid, 2000000)
		END
		for name in 'quantile_sketch|q' 'distinct_sketch|d' 'topk_sketch|k'; do
			say "scale partitions|merge of ${name%|*}|$parts|SELECT merge(${name#*|}) FROM scale_sketches WHERE part <= $parts"
		done
		say "scale partitions|quantile_agg, partition-wise aggregate|$parts|SELECT quantile_agg(lat) FROM scale WHERE part <= $parts|enable_partitionwise_aggregate = on"
	done
	for groups in 10k:10000 100k:100000 1m:1000000; do
		parts=$((70 * ${groups#*:} / each))
		((parts <= 1000)) || continue
		for name in 'count|count(lat)' 'avg|avg(lat)' 'quantile_agg|quantile_agg(lat)' 'distinct_agg|distinct_agg(uid)'; do
			say "scale groups|${name%|*}|$((parts * each))|SELECT ${name#*|} FROM scale WHERE part <= $parts GROUP BY g${groups%:*}"
		done
	done
}

queries() {
	local plan
	for plan in one minute grp; do
		build events float8 lat "$plan"
		build events bigint uid "$plan"
	done
	for plan in one minute; do
		build events text url "$plan"
	done
	for plan in one hour; do
		build flights float8 delay "$plan" 3000000
		build flights text route "$plan" 3000000
	done
	limited
	parallel
	merges_and_reads
	roll_ups
	layouts
	windows
}
