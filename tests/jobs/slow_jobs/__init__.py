"""Jobs for the tests of the worker."""
