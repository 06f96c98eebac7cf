-- SPDX-License-Identifier: Apache-2.0
-- For wrk: unique.lua at a rate that two busy cores sustain with the agent beside: each
-- connection pauses 3 ms between a response and its next request.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "unique.lua")

function delay()
	return 3
end
