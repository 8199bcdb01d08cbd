-- Test only. Anonymous login with UUID user names that come back with ?previd= (XEP-0198 resume),
-- and, where `stand_token_secret` is set, only with a valid HS256 token in ?token=.
local new_uuid = require "util.uuid".generate;
local verify = require "util.jwt".verify;

local secret = module:get_option_string("stand_token_secret");
local audience = module:get_option_string("stand_token_audience", "ranzen");
local issuer = module:get_option_string("stand_token_issuer", "ranzen");

-- The user that holds the resumable session `token`.
local function holder_of(token)
	for username, user in pairs(prosody.hosts[module.host].sessions) do
		for _, session in pairs(user.sessions) do
			if session.resumption_token == token then return username; end
		end
	end
end

-- nil when the token is good, else why not; the words are those of the reference deployment.
local function refusal(session)
	if not secret then return nil; end
	local token = session.stand_query and session.stand_query.token;
	if not token then return "token required"; end
	local ok, claims = verify(secret, token);
	if not ok then return "Invalid signature"; end
	local now = os.time();
	if type(claims.exp) ~= "number" then return "'exp' claim is missing"; end
	if claims.exp < now then return "The token has expired"; end
	if claims.nbf and claims.nbf > now then return "Not acceptable by nbf"; end
	if claims.iss ~= issuer then return "Invalid issuer ('iss' claim)"; end
	if claims.aud ~= audience then return "Invalid audience ('aud' claim)"; end
	if not claims.room then return "'room' claim is missing"; end
	session.stand_token = claims;
	return nil;
end

local handler = {};
handler.__index = handler;

local function new_handler(session)
	return setmetatable({ session = session, profile = {}, realm = module.host }, handler);
end

function handler:clean_clone() return new_handler(self.session); end
function handler:mechanisms() return { ANONYMOUS = true }; end

function handler:select(mechanism)
	self.selected = mechanism == "ANONYMOUS" and mechanism or nil;
	return self.selected ~= nil;
end

function handler:process()
	local why = refusal(self.session);
	if why then return "failure", "not-allowed", why; end
	local previd = self.session.stand_query and self.session.stand_query.previd;
	self.username = previd and holder_of(previd) or new_uuid();
	return "success";
end

local provider = {};
function provider.get_sasl_handler(session) return new_handler(session); end
function provider.user_exists() return nil, "anonymous"; end
function provider.test_password() return nil, "anonymous"; end
function provider.get_password() return nil, "anonymous"; end
function provider.set_password() return nil, "anonymous"; end
function provider.create_user() return nil, "anonymous"; end

module:provides("auth", provider);
