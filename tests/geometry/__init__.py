"""Tests of the numeric kernels."""
