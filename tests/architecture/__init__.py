"""Tests of the house itself: contracts, sizes, the developer's tool."""
