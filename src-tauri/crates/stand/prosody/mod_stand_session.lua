-- Test only. Keeps the query of the WebSocket or BOSH request (room, token, previd) with the session.
local decode = require "util.http".formdecode;

local function keep(event)
	local query = event.request.url and event.request.url.query;
	if query then event.session.stand_query = decode(query); end
end

module:hook_global("websocket-session", keep);
module:hook_global("bosh-session", keep);
