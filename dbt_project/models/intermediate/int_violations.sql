-- Grain: one row per report and table that violates an enforced identity, or did as reported.
with statuses as (
    select * from {{ ref('int_table_statuses') }}
    where identities_violated > 0 or status_reported = 'held'
),

violating as (select distinct report_key from statuses),

residuals as (
    select residuals.*
    from {{ ref('int_identity_residuals') }} as residuals
    inner join violating on residuals.report_key = violating.report_key
),

reported_residuals as (select * from {{ ref('int_reported_residuals') }}),

decided as (
    {{ enforced_residuals('residuals') }}
),

reported as (
    {{ enforced_residuals('reported_residuals') }}
),

unpivoted as (
    select
        *,
        true as is_decided
    from decided
    where residual <> 0
    union all
    select
        *,
        false as is_decided
    from reported
    where residual <> 0
)

-- What still fails counts; where nothing does any more, what failed before the corrections.
select
    unpivoted.report_key,
    unpivoted.table_id,
    list(unpivoted.identity order by unpivoted.sort_order) as identities,
    list(unpivoted.residual order by unpivoted.sort_order) as residuals
from unpivoted
inner join statuses
    on
        unpivoted.report_key = statuses.report_key
        and unpivoted.table_id = statuses.table_id
        and unpivoted.is_decided = (statuses.identities_violated > 0)
group by unpivoted.report_key, unpivoted.table_id
