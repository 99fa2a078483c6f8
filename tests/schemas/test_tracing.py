"""Traces, read with OpenTelemetry: the same article has the same ids, and what others began goes on."""
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanContext, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from schemas.tracing import Trace

THEIRS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
A, B = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def understood(traceparent: str) -> SpanContext:
    """What OpenTelemetry makes of it."""
    return get_current_span(TraceContextTextMapPropagator().extract({"traceparent": traceparent})).get_span_context()


def decoded(*values: str | bytes | None) -> Trace | None:
    return Trace.decoded([("traceparent", value.encode() if isinstance(value, str) else value) for value in values])


@given(article_id=st.text(), stages=st.lists(st.text(), max_size=4))
def test_every_trace_is_one_that_opentelemetry_reads_and_is_read_again_as_it_was(article_id: str, stages: list[str]) -> None:
    trace = Trace.of(article_id)
    for stage in stages:
        trace = trace.step(stage)
    told = understood(str(trace))
    assert told.is_valid
    assert (f"{told.trace_id:032x}", f"{told.span_id:016x}") == (trace.trace_id, trace.span_id)
    assert Trace.decoded(trace.headers.items()) == trace


def test_the_same_article_has_the_same_ids_and_another_one_others() -> None:
    assert str(Trace.of("a")) == "00-46ab1747d9cd3bc212e13f39a3761fbf-95ae3e39c5fe5c39-01"  # on any machine
    assert Trace.of("a").step("clean") == Trace.of("a").step("clean")
    assert Trace.of("a").trace_id != Trace.of("b").trace_id


def test_a_step_stays_in_its_trace_and_each_is_a_span_of_its_own() -> None:
    begun = Trace.of("a")
    cleaned = begun.step("clean")
    spans = [begun, cleaned, cleaned.step("dedupe", "russia-china"), cleaned.step("dedupe", "us-china"), cleaned.step("clean")]
    assert {span.trace_id for span in spans} == {begun.trace_id}
    assert len({span.span_id for span in spans}) == len(spans)


def test_a_trace_that_somebody_else_began_goes_on_and_so_does_their_decision_to_record_it() -> None:
    ours = decoded(THEIRS)
    assert ours == Trace(A, B, sampled=True)
    assert re.fullmatch(f"00-{A}-(?!{B})[0-9a-f]{{16}}-01", str(ours.step("clean")))
    unrecorded = decoded(THEIRS.removesuffix("01") + "00")
    assert unrecorded is not None
    assert str(unrecorded.step("clean")).endswith("-00")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param(THEIRS, True, id="as the standard shows one"),
        pytest.param(f"00-{A}-{B}-ff", True, id="flags that nobody knows"),
        pytest.param(f"cc-{A}-{B}-01-what-comes-in-years", True, id="a version to come"),
        pytest.param(f"cc-{A}-{B}-01.more", False, id="which is not put as the standard promises"),
        pytest.param(f"00-{A}-{B}-01-more", False, id="more than version 00 has"),
        pytest.param(f"ff-{A}-{B}-01", False, id="the version that is none"),
        pytest.param(f"00-{'0' * 32}-{B}-01", False, id="no trace"),
        pytest.param(f"00-{A}-{'0' * 16}-01", False, id="no span"),
        pytest.param(THEIRS.upper(), False, id="capitals"),
        pytest.param(f"{THEIRS}\n", False, id="a line break"),
        pytest.param("", False, id="nothing"),
        pytest.param(None, False, id="a header without a value"),
        pytest.param(b"\xff\xfe", False, id="no text"),
    ],
)
def test_a_header_is_read_as_the_standard_says_or_is_none(value: str | bytes | None, read: bool) -> None:
    assert (decoded(value) is not None) is read
    if isinstance(value, str) and "\n" not in value:
        assert understood(value).is_valid is read or "more" in value  # OpenTelemetry takes whatever follows in a version to come


def test_of_two_that_contradict_each_other_neither_counts() -> None:
    assert decoded(THEIRS, str(Trace.of("a"))) is None
    assert Trace.decoded([]) is None
    assert Trace.decoded([("Traceparent", THEIRS.encode())]) == decoded(THEIRS)
