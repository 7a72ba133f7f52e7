-- answers: The name of a region without spaces and without the suffix people add, as gridmap.gazetteer.plain_name takes
-- it off (a test compares both): the longest suffix goes, and a name is never nothing but its suffix.
-- grain: one value
create or replace macro plain_region_name(name) as
regexp_replace(
    regexp_replace(name, '[\s\v\x1c-\x1f\x{85}\p{Z}]+', '', 'g'),
    '(.)(街道办事处|街道办|街道|社区居民委员会|居民委员会|社区居委会|社区工作站|居委会|社区|红色网格|街区|新区|区|市)$', '\1');
