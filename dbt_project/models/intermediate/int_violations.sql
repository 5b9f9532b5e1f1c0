-- Grain: one row per held report and table, with its violated identities and their residuals.
with residuals as (select * from {{ ref('int_identity_residuals') }}),

held as (
    select * from {{ ref('int_report_tables') }}
    where status = 'held'
),

unpivoted as (
    {%- for table in form_data().codes.table_id if identities(table, enforced=true) %}
    {%- set enforced = identities(table, enforced=true) %}
    select
        residuals.report_key,
        '{{ table }}' as table_id,
        unnest(range({{ enforced | length }})) as sort_order,
        unnest({{ code_array('identity', enforced | map(attribute='id') | list) }}) as identity,
        unnest([
            {%- for identity in enforced %}
            residuals.{{ identity.name }}{{ "," if not loop.last }}
            {%- endfor %}
        ]) as residual
    from residuals
    inner join held on residuals.report_key = held.report_key and held.table_id = '{{ table }}'
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    report_key,
    table_id,
    list(cast(identity as varchar) order by sort_order) as identities,
    list(residual order by sort_order) as residuals
from unpivoted
where residual <> 0
group by report_key, table_id
