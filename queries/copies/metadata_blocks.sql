-- answers: Which blocks of the store's file hold metadata, which a checkpoint writes over in their place?
-- params: none
-- returns: block_id bigint
-- grain: one row per block
-- order: block_id
select block_id from pragma_metadata_info('g') order by block_id;
