-- Grain: one row per report: whether it repeats last year's report, another body's, or another document's.
{%- set percent = parameter('copied_report', 'percent') %}
{%- set least = parameter('copied_report', 'least') %}
{%- set conditions = {
    "copied_report": {
        "applies": "is_current and applications__form_version is not null",
        "holds": "case when last_key is not null then coalesce(equal < " ~ least ~ " or 100 * equal < "
            ~ percent ~ " * (equal + unequal), true) end",
        "observed": "equal || ' of ' || (equal + unequal) || ' figures are last year''s'",
        "expected": "'less than " ~ percent ~ " %'",
        "reason": "'no report of last year'",
    },
    "same_figures_two_bodies": {
        "applies": "is_current and applications__form_version is not null",
        "holds": "case when above_zero >= " ~ parameter('same_figures_two_bodies', 'least') ~ " then bodies = 1 end",
        "observed": "bodies || ' bodies'",
        "expected": "'1 body'",
        "detail": "above_zero || ' cells above 0'",
        "reason": "'too few cells above 0'",
    },
    "body_year_copies": {
        "applies": "not is_current and revisions > 1",
        "holds": "case when shared > 0 then differing = 0 end",
        "observed": "differing || ' of ' || shared || ' cells differ'",
        "expected": "'0 differ'",
        "detail": "'source tier ' || source_tier || ', in use: tier ' || tier_in_use",
        "reason": "'no cell is printed in both'",
    },
} %}
with reports as (
    select
        reports.*,
        known.is_current,
        known.revisions,
        {{- cells_above_zero('applications') }} as above_zero,
        {{ cells_hash('applications') }} as cells_hash
    from {{ ref('stg_reports') }} as reports
    inner join {{ ref('int_reports') }} as known on reports.report_key = known.report_key
    where not reports.is_leftover
),

shared_figures as (
    select
        report_year,
        cells_hash,
        count(distinct authority_key) as bodies
    from reports
    where is_current and applications__form_version is not null
    group by report_year, cells_hash
),

last_years as (
    select
        authority_key,
        report_year,
        min(report_key) as report_key
    from reports
    where is_current and applications__form_version is not null
    group by authority_key, report_year
),

-- A copy has a total in common; only such pairs are compared cell by cell.
repeated as (
    select
        this_year.report_key,
        {{- equal_counts('this_year', 'last_year') }} as equal,
        {{- unequal_counts('this_year', 'last_year') }} as unequal
    from reports as this_year
    inner join reports as last_year
        on
            this_year.authority_key = last_year.authority_key
            and this_year.report_year = last_year.report_year + 1
            and (
                this_year.{{ flow_cell('new_received') }} = nullif(last_year.{{ flow_cell('new_received') }}, 0)
                or this_year.{{ flow_cell('decided') }} = nullif(last_year.{{ flow_cell('decided') }}, 0)
            )
    where this_year.is_current and last_year.is_current
),

duplicates as (
    select
        other.report_key,
        min(used.source_tier) as tier_in_use,
        min({{- unequal_counts('other', 'used') }}) as differing,
        max({{- shared_counts('other', 'used') }}) as shared
    from reports as other
    inner join reports as used
        on other.authority_key = used.authority_key and other.report_year = used.report_year
    where other.revisions > 1 and not other.is_current and used.is_current
    group by other.report_key
),

judged as (
    select
        reports.*,
        shared_figures.bodies,
        last_years.report_key as last_key,
        repeated.* exclude (report_key),
        duplicates.* exclude (report_key),
        {{- rule_truths('copies', conditions) }}
    from reports
    left join shared_figures
        on
            reports.report_year = shared_figures.report_year
            and reports.cells_hash = shared_figures.cells_hash
    left join last_years
        on
            reports.authority_key = last_years.authority_key
            and reports.report_year = last_years.report_year + 1
    left join repeated on reports.report_key = repeated.report_key
    left join duplicates on reports.report_key = duplicates.report_key
)

select
    report_key,
    authority_key,
    report_year,
    {{- rule_results('copies', conditions) }}
from judged
