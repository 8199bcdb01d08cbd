-- Test only. What a client's own session gets changed on its way out: permissions with the first
-- presence as moderator, and in a lobby nobody but owners sees the others.
local filters = require "util.filters";
local jid = require "util.jid";
local lobby = module:get_option_string("stand_lobby");

local permissions = {
	"livestreaming", "recording", "transcription", "outbound-call", "create-polls", "send-groupchat", "flip";
};
local muc_user = "http://jabber.org/protocol/muc#user";

local function is_self(x)
	for status in x:childtags("status") do
		if status.attr.code == "110" then return true; end
	end
	return false;
end

local function owns(session, room_jid)
	local muc = lobby and prosody.hosts[lobby] and prosody.hosts[lobby].modules.muc;
	local room = muc and muc.get_room_from_jid(room_jid);
	return room and room:get_affiliation(session.full_jid) == "owner";
end

local function out(stanza, session)
	-- A lobby has no subject and no history.
	if stanza.name == "message" and stanza.attr.type == "groupchat" and jid.host(stanza.attr.from) == lobby then
		if stanza:get_child("subject") then return nil; end
	end
	if stanza.name ~= "presence" or not stanza.attr.from then return stanza; end
	local x = stanza:get_child("x", muc_user);
	if not x or stanza.attr.type == "error" then return stanza; end
	local me = is_self(x);
	local _, host = jid.split(stanza.attr.from);
	if host == lobby then
		if me or owns(session, jid.bare(stanza.attr.from)) then return stanza; end
		return nil;
	end
	local item = x:get_child("item");
	if not me or not item then return stanza; end
	local moderator = item.attr.role == "moderator";
	session.stand_moderator = session.stand_moderator or {};
	local before = session.stand_moderator[stanza.attr.from];
	session.stand_moderator[stanza.attr.from] = moderator;
	if moderator and not before then
		stanza:reset();
		stanza:tag("permissions", { xmlns = "http://jitsi.org/jitmeet" });
		for _, name in ipairs(permissions) do
			stanza:tag("p", { name = name, val = "true" }):up();
		end
		stanza:up();
	end
	return stanza;
end

module:hook("resource-bind", function (event)
	filters.add_filter(event.session, "stanzas/out", function (stanza, session)
		-- BOSH sends bare strings too, and has set the namespace already.
		local attr = type(stanza) ~= "string" and stanza.attr;
		if not attr or attr.xmlns and attr.xmlns ~= "jabber:client" then return stanza; end
		return out(stanza, session);
	end, 100);
end);
