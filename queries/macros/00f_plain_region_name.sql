-- answers: The name of a street, community or block without the suffix people add (gridmap.gazetteer.SUFFIXES has all of them).
-- grain: one value
create or replace macro plain_region_name(name) as
regexp_replace(name, '(社区居民委员会|居民委员会|社区居委会|社区工作站|居委会|社区|街道办事处|街道|街区)$', '');
