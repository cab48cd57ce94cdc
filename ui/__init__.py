"""The windows. Turns state into pixels and the operator's hands into verbs; decides nothing."""
