-- SPDX-License-Identifier: Apache-2.0
-- For wrk: every request has a path of its own, /THREAD/COUNT and some x, then /0 to /3.
local threads = 0

function setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end

local count = 0

function request()
	count = count + 1
	return wrk.format("GET", "/" .. number .. "/" .. count .. string.rep("x", count % 40) .. "/" .. count % 4)
end
