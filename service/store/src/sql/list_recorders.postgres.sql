-- list_recorders
SELECT tenant FROM interaction_head ORDER BY tenant
