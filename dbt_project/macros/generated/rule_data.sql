{#- Written by `python -m contracts.render` from contracts/rules: do not edit. -#}
{% macro rule_data() -%}
{%- set codes = {"rule": ["applications_cells_printed", "applications_feasible", "applications_flow_bounds", "applications_undecided", "applications_copied_columns", "applications_one_applicant_type", "applications_row_sums", "applications_outcomes_sum", "applications_balance", "cases_sums", "carry", "stock"], "rule_status": ["pass", "fail", "not_assessed", "not_applicable"], "rule_severity": ["error", "warning", "info"], "rule_scope": ["report", "body", "hierarchy", "dataset"]} -%}
{%- set rules = [
    {"id": "applications_cells_printed", "group": "applications", "severity": "warning", "table": "applications", "parameters": {}, "identities": "", "claim_kinds": [], "is_finding": False},
    {"id": "applications_feasible", "group": "applications", "severity": "error", "table": "applications", "parameters": {}, "identities": "", "claim_kinds": [], "is_finding": False},
    {"id": "applications_flow_bounds", "group": "applications", "severity": "error", "table": "applications", "parameters": {}, "identities": "", "claim_kinds": [], "is_finding": False},
    {"id": "applications_undecided", "group": "applications", "severity": "info", "table": "applications", "parameters": {"least": 10}, "identities": "", "claim_kinds": [], "is_finding": False},
    {"id": "applications_copied_columns", "group": "applications", "severity": "warning", "table": "applications", "parameters": {"rows": 8}, "identities": "", "claim_kinds": [], "is_finding": False},
    {"id": "applications_one_applicant_type", "group": "applications", "severity": "info", "table": "applications", "parameters": {"least": 20}, "identities": "", "claim_kinds": [], "is_finding": False},
    {"id": "applications_row_sums", "group": "identities", "severity": "error", "table": "applications", "parameters": {}, "identities": "applicants", "claim_kinds": [], "is_finding": True},
    {"id": "applications_outcomes_sum", "group": "identities", "severity": "error", "table": "applications", "parameters": {}, "identities": "outcomes", "claim_kinds": [], "is_finding": True},
    {"id": "applications_balance", "group": "identities", "severity": "error", "table": "applications", "parameters": {}, "identities": "balance", "claim_kinds": [], "is_finding": True},
    {"id": "cases_sums", "group": "identities", "severity": "error", "table": "reviews_and_lawsuits", "parameters": {}, "identities": "cases", "claim_kinds": [], "is_finding": True},
    {"id": "carry", "group": "identities", "severity": "warning", "table": "applications", "parameters": {}, "identities": "carry", "claim_kinds": [], "is_finding": False},
    {"id": "stock", "group": "identities", "severity": "info", "table": "proactive_disclosure", "parameters": {}, "identities": "stock", "claim_kinds": [], "is_finding": False},
] -%}
{{ return({"codes": codes, "rules": rules}) }}
{%- endmacro %}
