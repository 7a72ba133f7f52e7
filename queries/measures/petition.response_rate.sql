-- answers: Which share of the petitions received was answered.
-- title.zh: 回应率
-- title.en: Response rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内受理的诉求中，截至期末已回应诉求人的占比。回应不等于解决，解决见办结率。
-- definition.en: Of the petitions received in the period, the share whose petitioner was answered by its end. Answered is not resolved: see the settled rate.
-- source.zh: 观澜街道2022年报道：100%解决或回应；此处两者分开统计
-- source: Guanlan report 2022: 100 % solved or answered; the two are kept apart here
-- caveat.zh: 仅限有办理环节记录的诉求。
-- caveat: Of petitions with events only.
-- beside: n - petition.prompt_response_rate.n
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.responded_at < period_end($until, $now))::double as n,
    count(*)::double as of,
    count(*) filter (course.responded_at < period_end($until, $now)) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where petition.received_at >= coalesce($since::date, date '1900-01-01')
  and petition.received_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
group by petition.region_id;
