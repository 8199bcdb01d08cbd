-- Test only. What rooms tell about themselves, how many may come, whom a token lets in, and that
-- nobody gets in before the focus.
local st = require "util.stanza";
local jid = require "util.jid";
local new_uuid = require "util.uuid".generate;

local default_limit = module:get_option_number("stand_max_occupants", 0);
local focus = module:get_option_string("stand_focus");
local limits = {};

local function from_focus(stanza) return jid.bare(stanza.attr.from) == focus; end

module:hook("muc-room-created", function (event)
	event.room._data.meetingId = event.room._data.meetingId or new_uuid();
	event.room._data.created_timestamp = string.format("%i", os.time() * 1000);
end);

local function meeting_id(room)
	return {
		name = "muc#roominfo_meetingId"; type = "text-single"; label = "The meeting unique id.";
		value = room._data.meetingId;
	};
end

module:hook("muc-config-form", function (event)
	table.insert(event.form, meeting_id(event.room));
end, 9);

module:hook("muc-disco#info", function (event)
	local data = event.room._data;
	table.insert(event.form, meeting_id(event.room));
	table.insert(event.form, {
		name = "muc#roominfo_created_timestamp"; type = "text-single"; label = "The meeting created_timestamp.";
		value = data.created_timestamp;
	});
end);

-- The token's room must be this one.
module:hook("muc-occupant-pre-join", function (event)
	local claims = event.origin.stand_token;
	if not claims or claims.room == "*" then return; end
	if claims.room:lower() == jid.node(event.room.jid) then return; end
	event.origin.send(st.error_reply(event.stanza, "cancel", "not-allowed", "Room and token mismatched"));
	return true;
end, 90);

-- Joins are held until the focus is there.
module:hook("muc-occupant-pre-join", function (event)
	local room, stanza = event.room, event.stanza;
	if from_focus(stanza) or room:get_occupant_by_nick(room.jid.."/focus") then return; end
	room.stand_held = room.stand_held or {};
	table.insert(room.stand_held, { origin = event.origin, stanza = st.clone(stanza) });
	return true;
end, 80);

module:hook("muc-occupant-joined", function (event)
	local room = event.room;
	if not from_focus(event.stanza) then return; end
	local held = room.stand_held or {};
	room.stand_held = nil;
	for _, join in ipairs(held) do
		if not join.origin.destroyed then
			room:handle_normal_presence(join.origin, join.stanza);
		end
	end
end);

-- The focus does not count.
module:hook("muc-occupant-pre-join", function (event)
	local room, stanza = event.room, event.stanza;
	local limit = limits[room.jid] or default_limit;
	if limit == 0 or from_focus(stanza) then return; end
	local count = 0;
	for _, occupant in room:each_occupant() do
		if occupant.bare_jid ~= focus then count = count + 1; end
	end
	if count < limit then return; end
	event.origin.send(st.error_reply(stanza, "cancel", "service-unavailable"));
	return true;
end, 50);

-- `<limit room= max=/>` from the focus: the test's knob.
module:hook("iq-set/host/urn:ranzen:stand:limit", function (event)
	local limit = event.stanza.tags[1];
	if not from_focus(event.stanza) then return; end
	limits[limit.attr.room] = tonumber(limit.attr.max) or 0;
	event.origin.send(st.reply(event.stanza));
	return true;
end);
