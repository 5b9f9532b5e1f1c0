-- Grain: one row per report: whether it repeats last year's, or another document of its body-year.
{%- set percent = parameter('copied_report', 'percent') %}
{%- set least = parameter('copied_report', 'least') %}
{%- set received, decided = flow_cell('new_received'), flow_cell('decided') %}
{%- set conditions = {
    "copied_report": {
        "applies": "is_counted",
        "holds": "case when last_key is not null then coalesce(equal < " ~ least
            ~ " or 100 * equal < " ~ percent ~ " * (equal + unequal), true) end",
        "observed": words('figures_of_last_year', {"equal": "equal", "shared": "equal + unequal"}),
        "expected": words('less_than_percent', {"percent": percent}),
        "reason": "'no report of last year'",
    },
    "body_year_copies": {
        "applies": "not is_leading and not is_rejected and revisions > 1",
        "holds": "case when shared > 0 then differing = 0 end",
        "observed": words('cells_differ', {"differing": "differing", "shared": "shared"}),
        "expected": words('differ', {"count": 0}),
        "detail": words('tiers', {"tier": "source_tier", "used": "tier_in_use"}),
        "reason": "'no cell is printed in both'",
    },
} %}
with reports as (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        reports.source_tier,
        reports.{{ received }},
        reports.{{ decided }},
        known.is_current,
        known.is_rejected,
        known.revisions,
        known.is_current and third.is_current and third.status <> 'absent' as is_counted,
        row_number() over (
            partition by reports.authority_key, reports.report_year
            order by known.is_current desc, third.is_current desc, reports.report_key asc
        ) = 1 as is_leading
    from {{ ref('stg_reports') }} as reports
    inner join {{ ref('int_reports') }} as known on reports.report_key = known.report_key
    inner join {{ ref('int_report_tables') }} as third
        on reports.report_key = third.report_key and third.table_id = 'applications'
    where not reports.is_leftover
),

last_years as (
    select * from reports
    where is_counted
),

-- A copy has a total in common; only such pairs are compared cell by cell.
year_pairs as (
    select
        this_year.report_key,
        last_year.report_key as last_key
    from reports as this_year
    inner join last_years as last_year on {{ is_body_year('this_year', 'last_year', 1) }}
    where
        this_year.is_counted
        and (
            this_year.{{ received }} = nullif(last_year.{{ received }}, 0)
            or this_year.{{ decided }} = nullif(last_year.{{ decided }}, 0)
        )
),

revision_pairs as (
    select
        other.report_key,
        used.report_key as used_key,
        used.source_tier
    from reports as other
    inner join reports as used on {{ is_body_year('other', 'used') }}
    where
        other.revisions > 1
        and not other.is_leading
        and used.is_current
        and other.report_key <> used.report_key
),

figures as (
    {{ counts_of_pairs({'year_pairs': 'last_key', 'revision_pairs': 'used_key'}) }}
),

repeated as (
    select
        year_pairs.report_key,
        {{ count_pairs('this_year', 'last_year', 'x[1] = nullif(x[2], 0)') }} as equal,
        {{ count_pairs('this_year', 'last_year', 'x[1] <> x[2]') }} as unequal
    from year_pairs
    inner join figures as this_year on year_pairs.report_key = this_year.report_key
    inner join figures as last_year on year_pairs.last_key = last_year.report_key
),

duplicates as (
    select
        revision_pairs.report_key,
        min(revision_pairs.source_tier) as tier_in_use,
        min({{ count_pairs('other', 'used', 'x[1] <> x[2]') }}) filter (
            where {{ count_pairs('other', 'used', 'x[1] + x[2] is not null') }} > 0
        ) as differing,
        max({{ count_pairs('other', 'used', 'x[1] + x[2] is not null') }}) as shared
    from revision_pairs
    inner join figures as other on revision_pairs.report_key = other.report_key
    inner join figures as used on revision_pairs.used_key = used.report_key
    group by revision_pairs.report_key
),

joined as (
    select
        reports.*,
        repeated.* exclude (repeated.report_key),
        duplicates.* exclude (duplicates.report_key),
        last_years.report_key as last_key
    from reports
    left join last_years on {{ is_body_year('reports', 'last_years', 1) }}
    left join repeated on reports.report_key = repeated.report_key
    left join duplicates on reports.report_key = duplicates.report_key
),

{{ judged_rules('copies', conditions, 'joined') }}
