-- answers: The next free feature number.
-- params: none
-- returns: feature_id bigint
-- grain: one row
-- order: none
select coalesce(max(feature_id), 0) + 1 as feature_id
from base_feature;
