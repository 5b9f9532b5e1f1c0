"""Tests of the catalogue of rules: each rule on small examples that fire it, keep it quiet or leave it open."""
