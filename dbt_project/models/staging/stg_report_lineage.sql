-- Grain: one row per report: where its rows were printed and what was not plainly read.
with reports as (select * from {{ source('raw', 'reports') }})

select
    report_key,
    lineage,
    json_extract(lineage, '$.spans') as spans,
    json_extract(lineage, '$.readings') as readings,
    json_extract(lineage, '$.leftovers') as leftovers,
    json_extract(lineage, '$.evidence') as evidence,
    contains(lineage, '"agrees":false')
    or contains(lineage, '"agrees": false') as has_contradiction,
    regexp_matches(lineage, '"field": ?"(year|period|published)"') as tells_year,
    regexp_matches(lineage, '"field": ?"(authority|region_code|scope)"') as tells_name,
    contains(lineage, '"readings":[{') or contains(lineage, '"leftovers":[{') as has_notes
from reports
